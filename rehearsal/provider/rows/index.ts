import type { Row } from "../row";
import { compositeAlarm } from "./composite-alarm";
import { dashboard } from "./dashboard";
import { dnsRows } from "./dns";
import { group } from "./group";
import { iamRows } from "./iam";
import { kmsKey } from "./kms-key";
import { launchTemplate } from "./launch-template";
import { listenerRows } from "./listener";
import { loadBalancer } from "./load-balancer";
import { logGroup } from "./log-group";
import { metricAlarm } from "./metric-alarm";
import { routingRows } from "./routing";
import { s3Rows } from "./s3";
import { scalingPolicy } from "./scaling-policy";
import { securityRows } from "./security";
import { snsRows } from "./sns";
import { table } from "./table";
import { targetGroup } from "./target-group";
import { vpcEndpoint } from "./vpc-endpoint";
import { vpcRows } from "./vpc";

const all: Row[] = [
  ...vpcRows,
  ...routingRows,
  ...securityRows,
  vpcEndpoint,
  launchTemplate,
  loadBalancer,
  targetGroup,
  ...listenerRows,
  group,
  scalingPolicy,
  ...iamRows,
  ...s3Rows,
  ...dnsRows,
  metricAlarm,
  compositeAlarm,
  dashboard,
  logGroup,
  ...snsRows,
  kmsKey,
  table,
];

/** Every resource type that the stand-in knows, by its token. */
export const ROWS: ReadonlyMap<string, Row> = new Map(all.map((row) => [row.type, row]));
