/** A finding of Checkov's that stays. */
export interface Exception {
  readonly check: string;
  /** It occurs in each of these: an environment, or the folder of test/outside/checkov-files.ts. */
  readonly areas: readonly string[];
  readonly resource: RegExp;
  /** docs/checkov.md has it, too. */
  readonly reason: string;
}

const everywhere = ["dev", "staging", "prod"];
const bucket = /^aws_s3_bucket\.access_logs_bucket$/;
const listeners = /^aws_lb_listener\.app_(preview_)?listener$/;

export const exceptions: readonly Exception[] = [
  {
    check: "CKV_AWS_119",
    areas: everywhere,
    resource: /^aws_dynamodb_table\.bluegreen_\w+_releases$/,
    reason: "AWS's own key encrypts the table of releases; `customerKey: true` puts the stack's in its place",
  },
  {
    check: "CKV_AWS_158",
    areas: everywhere,
    resource: /^aws_cloudwatch_log_group\.(log_groups_\w+|flow_logs_group)$/,
    reason: "CloudWatch's own key encrypts every log group; `customerKey: true` puts the stack's in its place",
  },
  {
    check: "CKV_AWS_338",
    areas: ["dev", "staging"],
    resource: /^aws_cloudwatch_log_group\.log_groups_\w+$/,
    reason: "a year's logs are kept in prod (`logRetention: 365`), where somebody may ask for them",
  },
  {
    check: "CKV2_AWS_11",
    areas: ["dev", "staging"],
    resource: /^aws_vpc\.network_vpc$/,
    reason: "flow logs cost by the gigabyte: on in prod, elsewhere by `flowLogs: true`",
  },
  {
    check: "CKV2_AWS_28",
    areas: ["dev", "staging"],
    resource: /^aws_lb\.bluegreen_\w+_alb$/,
    reason: "a web ACL costs by the month: on in prod, elsewhere by `waf: true` or `webAclArn`",
  },
  {
    check: "CKV2_AWS_76",
    areas: ["prod"],
    resource: /^aws_lb\.bluegreen_prod_alb$/,
    reason:
      "AWS's rules against Log4j are in the web ACL (AWSManagedRulesKnownBadInputsRuleSet); the check wants AWSManagedRulesAnonymousIpList as well, which refuses users behind a VPN or a hosting provider",
  },
  {
    check: "CKV2_AWS_31",
    areas: ["prod"],
    resource: /^aws_wafv2_web_acl\.bluegreen_prod_waf$/,
    reason:
      "WAF counts what it blocks and keeps samples of it, and the access logs have every request; a third log is not made",
  },
  {
    check: "CKV_AWS_150",
    areas: ["dev", "staging"],
    resource: /^aws_lb\.bluegreen_\w+_alb$/,
    reason: "`deletionProtection` is on in prod; the other environments are made and taken down",
  },
  {
    check: "CKV_AWS_91",
    areas: ["dev"],
    resource: /^aws_lb\.bluegreen_dev_alb$/,
    reason: "dev has no access logs (`accessLogs: false`): its users are its developers",
  },
  {
    check: "CKV_AWS_2",
    areas: ["dev"],
    resource: listeners,
    reason: "dev has no domain: it serves HTTP (`allowHttp: true`) to the addresses in `allowedCidrs` alone",
  },
  {
    check: "CKV_AWS_103",
    areas: ["dev"],
    resource: listeners,
    reason: "dev has no domain: without TLS there is no version of it",
  },
  {
    check: "CKV2_AWS_20",
    areas: ["dev"],
    resource: /^aws_lb\.bluegreen_dev_alb$/,
    reason: "dev has no domain: there is no HTTPS to be sent to",
  },
  {
    check: "CKV_AWS_378",
    areas: ["dev"],
    resource: /^aws_lb_target_group\.bluegreen_dev_(blue|green)$/,
    reason: "TLS ends at the load balancer, inside the VPC it is HTTP; Checkov takes that where the listener has TLS",
  },
  {
    check: "CKV_AWS_260",
    areas: ["staging", "prod"],
    resource: /^aws_vpc_security_group_ingress_rule\.firewall_alb_public_80_0_0_0_0_0$/,
    reason: "port 80 answers with a redirect to HTTPS and nothing else",
  },
  {
    check: "CKV_AWS_233",
    areas: ["prod"],
    resource: /^aws_acm_certificate\.certificate_certificate$/,
    reason: "Pulumi makes the next one before it deletes the last, unless told otherwise",
  },
  {
    check: "CKV_AWS_145",
    areas: ["staging", "prod"],
    resource: bucket,
    reason: "Elastic Load Balancing writes access logs to buckets with SSE-S3 alone",
  },
  {
    check: "CKV_AWS_18",
    areas: ["staging", "prod"],
    resource: bucket,
    reason: "the bucket holds access logs: a log of them would need a bucket without one",
  },
  {
    check: "CKV_AWS_144",
    areas: ["staging", "prod"],
    resource: bucket,
    reason: "logs stay in their region; nothing is restored from them",
  },
  {
    check: "CKV2_AWS_62",
    areas: ["staging", "prod"],
    resource: bucket,
    reason: "nothing waits for a log file: alarms read metrics",
  },
  {
    check: "CKV_AWS_300",
    areas: ["staging", "prod"],
    resource: /^aws_s3_bucket_lifecycle_configuration\.access_logs_life_cycle$/,
    reason:
      "unfinished uploads end after a day under `alb/`, and the load balancer writes nowhere else; the check takes no prefix",
  },
  {
    check: "CKV_DOCKER_2",
    areas: ["app"],
    resource: /^\/app\/Dockerfile\./,
    reason: "Kubernetes asks the service by its probes and ignores HEALTHCHECK; the image has no shell to ask with",
  },
  {
    check: "CKV_K8S_11",
    areas: ["kubernetes"],
    resource: /^Deployment\./,
    reason: "a limit of CPU throttles a start and a burst beside idle cores; the request decides the share",
  },
  {
    check: "CKV_K8S_35",
    areas: ["kubernetes"],
    resource: /^Deployment\./,
    reason: "the service reads its settings from the environment, in containers as on machines",
  },
  {
    check: "CKV_K8S_21",
    areas: ["kubernetes"],
    resource: /^\w+\.default\.app(-blue)?(-\w+)?$/,
    reason: "the reference service's manifests are applied to a namespace of the reader's; the shop's name theirs",
  },
  {
    check: "CKV_GHA_7",
    areas: [".github"],
    resource: /^on\((Deploy|Nights|Rollback)\)$/,
    reason:
      "these workflows build nothing: whoever starts one says which image, which environment and why, or night or day",
  },
];
