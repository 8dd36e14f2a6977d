import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface WebAclArgs {
  /** Base of the physical name. */
  baseName: string;
  /** Requests that one address may send in five minutes before it is blocked. */
  rateLimit: number;
  tags: Record<string, string>;
}

/** AWS's managed groups of rules, in the order in which they are asked, with the rules that only count. */
const managedGroups: readonly { name: string; counted: readonly string[] }[] = [
  { name: "AWSManagedRulesAmazonIpReputationList", counted: [] },
  // It blocks every body above 8 KB, which an upload is, too.
  { name: "AWSManagedRulesCommonRuleSet", counted: ["SizeRestrictions_BODY"] },
  { name: "AWSManagedRulesKnownBadInputsRuleSet", counted: [] },
];

/** Seconds over which requests of an address are counted. */
const evaluationWindow = 300;

/**
 * A web application firewall of the stack's own: AWS's managed groups, and a limit of requests for each address. It stands before
 * both colours and before the preview listener. 5 USD a month, 1 for each of its rules, 0.60 for a million requests.
 */
export class WebAcl extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, { baseName, rateLimit, tags }: WebAclArgs, opts?: pulumi.ComponentResourceOptions) {
    super("bluegreen:index:WebAcl", name, {}, opts);
    const limit = { name: "rate-limit", priority: managedGroups.length };
    const acl = new aws.wafv2.WebAcl(
      // A web ACL's name takes letters, digits, hyphens and underscores; a stack's may hold dots.
      `${baseName.replaceAll(".", "-")}-waf`,
      {
        scope: "REGIONAL",
        description: "Before the load balancer: managed rules of AWS and a limit for each address",
        defaultAction: { allow: {} },
        rules: [
          ...managedGroups.map(({ name: group, counted }, priority) => ({
            name: group,
            priority,
            overrideAction: { none: {} },
            statement: {
              managedRuleGroupStatement: {
                vendorName: "AWS",
                name: group,
                ruleActionOverrides: counted.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
              },
            },
            visibilityConfig: visibility(group),
          })),
          {
            ...limit,
            action: { block: {} },
            statement: {
              rateBasedStatement: {
                aggregateKeyType: "IP",
                limit: rateLimit,
                evaluationWindowSec: evaluationWindow,
              },
            },
            visibilityConfig: visibility(limit.name),
          },
        ],
        visibilityConfig: visibility("all"),
        tags,
      },
      { parent: this },
    );
    this.arn = acl.arn;
    this.registerOutputs({ arn: this.arn });
  }
}

const visibility = (metricName: string) => ({
  cloudwatchMetricsEnabled: true,
  metricName,
  sampledRequestsEnabled: true,
});
