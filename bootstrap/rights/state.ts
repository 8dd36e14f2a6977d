import type { Statement } from "./statements.ts";

/** Where Pulumi keeps its state, and whose part of it. */
export interface StatePlace {
  readonly partition: string;
  readonly bucketArn: string;
  readonly stateKeyArn: string;
  readonly secretsKeyArn: string;
  readonly project: string;
  readonly environment: string;
  /** The environment whose outputs and releases are read, too. */
  readonly promoteFrom?: string;
  readonly region: string;
  readonly accountId: string;
}

/**
 * What the state's backend needs (pulumi/pulumi, pkg/backend/diy): the stack's own files, its history, backups and locks, and
 * the file that says how all of it is laid out. Nobody reads another environment's state, nor its secrets.
 */
export function stateStatements(place: StatePlace): readonly Statement[] {
  const { bucketArn, stateKeyArn, secretsKeyArn, project, environment, promoteFrom } = place;
  const files = (stack: string) => [`stacks/${project}/${stack}.json*`];
  const own = [
    ...files(environment),
    ...["history", "backups"].map((folder) => `${folder}/${project}/${environment}/*`),
    `locks/organization/${project}/${environment}/*`,
  ].map((file) => `${bucketArn}/.pulumi/${file}`);
  const others = promoteFrom === undefined ? [] : files(promoteFrom).map((file) => `${bucketArn}/.pulumi/${file}`);
  return [
    { Sid: "FindState", Effect: "Allow", Action: ["s3:ListBucket"], Resource: [bucketArn] },
    {
      Sid: "ReadState",
      Effect: "Allow",
      Action: ["s3:GetObject"],
      Resource: [`${bucketArn}/.pulumi/meta.yaml`, ...own, ...others],
    },
    { Sid: "WriteOwnState", Effect: "Allow", Action: ["s3:DeleteObject", "s3:PutObject"], Resource: own },
    {
      Sid: "OpenStateAndSecrets",
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Resource: [stateKeyArn],
    },
    // Pulumi's keeper of secrets wraps a key of the stack's own (gocloud.dev/secrets/awskms).
    { Sid: "OwnSecrets", Effect: "Allow", Action: ["kms:Decrypt", "kms:Encrypt"], Resource: [secretsKeyArn] },
    ...(promoteFrom === undefined ? [] : [releasesOf(promoteFrom, place)]),
  ];
}

/** What has been served there, and kept (cli/rollout/promotion). */
function releasesOf(stack: string, { partition, region, accountId, project }: StatePlace): Statement {
  return {
    Sid: "ReadReleasesBefore",
    Effect: "Allow",
    Action: ["dynamodb:GetItem", "dynamodb:Query"],
    Resource: [`arn:${partition}:dynamodb:${region}:${accountId}:table/${project}-${stack}-releases-*`],
  };
}
