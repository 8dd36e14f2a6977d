import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { releasesTableName } from "../deployment/names.ts";

export interface ReleasesTableArgs {
  /** Base of the table's name. */
  baseName: string;
  deletionProtection: boolean;
  /** Key that encrypts it; undefined: one of DynamoDB's own. */
  keyArn?: pulumi.Input<string>;
  tags: Record<string, string>;
}

/** The lock that only one release at a time holds, and what each release did. Cents a month: paid by the request. */
export class ReleasesTable extends pulumi.ComponentResource {
  readonly tableName: pulumi.Output<string>;

  constructor(name: string, args: ReleasesTableArgs, opts?: pulumi.ComponentResourceOptions) {
    super("bluegreen:index:ReleasesTable", name, {}, opts);
    const table = new aws.dynamodb.Table(
      releasesTableName(args.baseName),
      {
        attributes: [
          { name: "pk", type: "S" },
          { name: "sk", type: "S" },
        ],
        hashKey: "pk",
        rangeKey: "sk",
        billingMode: "PAY_PER_REQUEST",
        pointInTimeRecovery: { enabled: true },
        serverSideEncryption: args.keyArn === undefined ? undefined : { enabled: true, kmsKeyArn: args.keyArn },
        deletionProtectionEnabled: args.deletionProtection,
        tags: args.tags,
      },
      // AWS refuses to delete this alone; Pulumi's own protection refuses in the preview, while all before it still stands.
      { parent: this, protect: args.deletionProtection },
    );
    this.tableName = table.name;
    this.registerOutputs({ tableName: this.tableName });
  }
}
