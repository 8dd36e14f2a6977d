/** Whose rights they are: one environment of the stack, in one region of an account. */
export interface Scope {
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  /** The stack's project, and its name: `bluegreen`, `dev`. */
  readonly project: string;
  readonly environment: string;
  /** Route 53 zones in which the stack may write. */
  readonly hostedZoneIds: readonly string[];
  /** Policies that may be given to the instances beside the stack's own. */
  readonly instancePolicyArns: readonly string[];
  /** Permissions boundary that every role of an instance must have. */
  readonly instanceBoundaryArn: string;
  /** A VPC that somebody else has made. */
  readonly vpcId?: string;
}

/** Resources with names that begin with the stack's own (deployment/names.ts, components/names.ts); by service and type. */
export function namedResources(scope: Scope): Readonly<Record<string, readonly string[]>> {
  const { partition, region, accountId, project, environment, hostedZoneIds } = scope;
  const arn = (service: string, rest: string) => `arn:${partition}:${service}:${region}:${accountId}:${rest}`;
  const global = (service: string, rest: string) => `arn:${partition}:${service}:::${rest}`;
  const own = `${project}-${environment}`;
  const elb = (type: string) => [arn("elasticloadbalancing", `${type}/${own}-*`)];
  // A topic's name has no dots (components/notifications.ts).
  const topic = arn("sns", `${own.replaceAll(".", "-")}-*`);
  const logs = arn("logs", `log-group:/${project}/${environment}/*`);
  const table = arn("dynamodb", `table/${own}-releases-*`);
  return {
    "elasticloadbalancing:loadbalancer/app/": elb("loadbalancer/app"),
    "elasticloadbalancing:listener/app": elb("listener/app"),
    "elasticloadbalancing:listener-rule/app": elb("listener-rule/app"),
    "elasticloadbalancing:targetgroup": elb("targetgroup"),
    "dynamodb:table": [table],
    "dynamodb:index": [`${table}/index/*`],
    "logs:log-group": [logs],
    "logs:log-stream": [`${logs}:log-stream:*`],
    "sns:topic": [topic],
    "cloudwatch:alarm": [arn("cloudwatch", `alarm:${own}-*`)],
    "cloudwatch:dashboard": [`arn:${partition}:cloudwatch::${accountId}:dashboard/${own}-*`],
    "s3:bucket": [global("s3", "access-logs-bucket-*")],
    "s3:object": [global("s3", "access-logs-bucket-*/*")],
    "iam:role": [`arn:${partition}:iam::${accountId}:role/instances-*`],
    "iam:instance-profile": [`arn:${partition}:iam::${accountId}:instance-profile/instances-*`],
    "ssm:parameter": [
      arn("ssm", `parameter/${project}/${environment}/*`),
      // Published and revoked images are the account's (deployment/revocation.ts).
      arn("ssm", "parameter/bluegreen/images/*"),
    ],
    "ssm:document": [`arn:${partition}:ssm:${region}::document/AWS-RunShellScript`],
    "route53:hostedzone": hostedZoneIds.map((id) => global("route53", `hostedzone/${id}`)),
    "route53:change": [global("route53", "change/*")],
  };
}

/** The tags that the stack gives to all that it makes (index.ts), as a condition on what a key stands for. */
export const tagged = (key: "aws:ResourceTag" | "aws:RequestTag", { project, environment }: Scope) => ({
  [`${key}/Project`]: project,
  [`${key}/Environment`]: environment,
});
