import type { Row } from "../row.ts";
import { compositeAlarm } from "./composite-alarm.ts";
import { dashboard } from "./dashboard.ts";
import { defaultSecurityGroup } from "./default-security-group.ts";
import { dnsRows } from "./dns.ts";
import { flowLog } from "./flow-log.ts";
import { group } from "./group.ts";
import { iamAccountRows } from "./iam-account.ts";
import { iamRows } from "./iam.ts";
import { kmsKey } from "./kms-key.ts";
import { launchTemplate } from "./launch-template.ts";
import { listenerRows } from "./listener.ts";
import { loadBalancer } from "./load-balancer.ts";
import { logGroup } from "./log-group.ts";
import { logMetricFilter } from "./log-metric-filter.ts";
import { metricAlarm } from "./metric-alarm.ts";
import { routingRows } from "./routing.ts";
import { s3Rows } from "./s3.ts";
import { scalingPolicy } from "./scaling-policy.ts";
import { securityRows } from "./security.ts";
import { snsRows } from "./sns.ts";
import { table } from "./table.ts";
import { targetGroup } from "./target-group.ts";
import { vpcEndpoint } from "./vpc-endpoint.ts";
import { vpcRows } from "./vpc.ts";
import { wafRows } from "./web-acl.ts";

const all: Row[] = [
  ...vpcRows,
  ...routingRows,
  ...securityRows,
  defaultSecurityGroup,
  flowLog,
  vpcEndpoint,
  launchTemplate,
  loadBalancer,
  targetGroup,
  ...listenerRows,
  group,
  scalingPolicy,
  ...iamRows,
  ...iamAccountRows,
  ...s3Rows,
  ...dnsRows,
  metricAlarm,
  compositeAlarm,
  dashboard,
  logGroup,
  logMetricFilter,
  ...snsRows,
  kmsKey,
  table,
  ...wafRows,
];

/** Every resource type that the stand-in knows, by its token. A new one needs its rule in cli/drift/rules.ts: index.test.ts tells. */
export const ROWS: ReadonlyMap<string, Row> = new Map(all.map((row) => [row.type, row]));
