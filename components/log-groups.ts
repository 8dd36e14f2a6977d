import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** Who logs: each colour's instances, and the one-off jobs of a release. */
export type LogSource = "blue" | "green" | "jobs";

/** The log group's name, which images and the release commands know without asking. */
export const logGroupName = (settingsPath: string, source: LogSource) => `${settingsPath}/${source}`;

export interface LogGroupsArgs {
  /** What the groups' names begin with: the stack's path of settings, `/bluegreen/STACK`. */
  settingsPath: string;
  /** Days until an event is deleted. */
  retention: number;
  /** Key that encrypts the events; undefined: one of AWS's own. */
  keyArn?: pulumi.Input<string>;
  tags: Record<string, string>;
}

/** The log group of what happens on the instances of all sources: logins, sudo, the audit, the boot. */
export const systemLogGroupName = (settingsPath: string) => `${settingsPath}/system`;

/** A log group for each that logs, and one for their systems. 0.63 USD for each GB that comes in, 0.03 a month for each that is kept. */
export class LogGroups extends pulumi.ComponentResource {
  readonly names: Record<LogSource, pulumi.Output<string>>;

  constructor(name: string, args: LogGroupsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("bluegreen:index:LogGroups", name, {}, opts);
    const group = (part: string, groupName: string) =>
      new aws.cloudwatch.LogGroup(
        `${name}-${part}`,
        { name: groupName, retentionInDays: args.retention, kmsKeyId: args.keyArn, tags: args.tags },
        { parent: this },
      ).name;
    const own = (source: LogSource) => group(source, logGroupName(args.settingsPath, source));
    this.names = { blue: own("blue"), green: own("green"), jobs: own("jobs") };
    group("system", systemLogGroupName(args.settingsPath));
    this.registerOutputs({ names: this.names });
  }
}
