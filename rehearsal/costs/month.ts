import { z } from "zod";
import { hoursAMonth, instanceHour, servicePrices, type ServicePrices } from "../../deployment/prices.ts";
import type { Registered } from "../evaluated.ts";
import type { RegisteredStack } from "./registered.ts";

/** What nobody can read from a program. */
export const assumptions = {
  /** Load balancer capacity units of each hour: 25 new connections a second, 3,000 open ones or 1 GB an hour. */
  lcu: 1,
  /** GB that a root volume has: the images' own (packer/source.pkr.hcl), since the launch template gives none. */
  volumeGb: 8,
  /** GB of logs that an instance writes in a month. */
  logGb: 1,
  /** GB of flow logs that come in in a month. */
  flowLogGb: 1,
  /** GB of access logs that are kept. */
  accessLogGb: 1,
};

/** Metrics that EC2 sends of an instance with detailed monitoring: AWS bills seven (CloudWatch's price page, "EC2 detailed monitoring"). */
const metricsOfInstance = 7;
/** Alarms that Auto Scaling makes for a target tracking policy: one to scale out, one to scale in. */
const alarmsOfPolicy = 2;

/** A part of the month's cost. */
export interface Part {
  readonly name: string;
  readonly usd: number;
  /** What it is made of. */
  readonly of: string;
}

export interface Month {
  readonly parts: readonly Part[];
  readonly usd: number;
  /** What a standby of serving size adds while it is warm, USD. */
  readonly warmHour: number;
}

const vpcInputs = z.object({
  availabilityZoneNames: z.array(z.string()),
  natGateways: z.object({ strategy: z.enum(["None", "Single", "OnePerAz"]) }),
});
const groupInputs = z.object({
  minSize: z.number(),
  mixedInstancesPolicy: z.object({
    instancesDistribution: z.object({ onDemandPercentageAboveBaseCapacity: z.number() }),
  }),
});
const templateInputs = z.object({ instanceType: z.string(), monitoring: z.object({ enabled: z.boolean() }) });
const alarmInputs = z.object({ metricQueries: z.array(z.object({ metric: z.unknown().optional() })).optional() });
const aclInputs = z.object({ rules: z.array(z.unknown()) });
const endpointInputs = z.object({ vpcEndpointType: z.enum(["Interface", "Gateway"]) });

/** Types that AWS takes nothing for, or that count with what is named. */
const free: readonly RegExp[] = [
  /^bluegreen:/,
  /^aws:(acm|iam)\//,
  /^aws:ec2\/(defaultSecurityGroup|securityGroup):|^aws:vpc\/securityGroup/,
  /^aws:lb\/(listener|listenerRule|targetGroup):/, // the load balancer's hours and capacity units
  /^aws:wafv2\/webAclAssociation:/,
  /^aws:route53\/record:/, // the zone is its owner's, and an alias is asked for free
  /^aws:s3\/bucket./, // settings of the bucket
  /^aws:sns\//, // a thousand e-mails a month are free, and releases are few
  /^aws:cloudwatch\/logMetricFilter:/, // its metric has values while a backing service is away alone
  /^aws:dynamodb\/table:/, // on demand: some hundred requests a release, below a cent
];
/** Types that a part below counts. */
const types = {
  vpc: "awsx:ec2:Vpc",
  endpoint: "aws:ec2/vpcEndpoint:VpcEndpoint",
  loadBalancer: "aws:lb/loadBalancer:LoadBalancer",
  group: "aws:autoscaling/group:Group",
  policy: "aws:autoscaling/policy:Policy",
  template: "aws:ec2/launchTemplate:LaunchTemplate",
  metricAlarm: "aws:cloudwatch/metricAlarm:MetricAlarm",
  compositeAlarm: "aws:cloudwatch/compositeAlarm:CompositeAlarm",
  webAcl: "aws:wafv2/webAcl:WebAcl",
  flowLog: "aws:ec2/flowLog:FlowLog",
  dashboard: "aws:cloudwatch/dashboard:Dashboard",
  logGroup: "aws:cloudwatch/logGroup:LogGroup",
  key: "aws:kms/key:Key",
  bucket: "aws:s3/bucket:Bucket",
} as const;
const priced: readonly string[] = Object.values(types);

/**
 * The month's cost of what the program registered, with no traffic beyond the assumptions and no free tier.
 * @throws for a type that nobody has priced, and for a region or an instance type that the price table lacks
 */
export function monthOf({ region, resources }: RegisteredStack): Month {
  const unknown = resources.find(({ type }) => !priced.includes(type) && !free.some((pattern) => pattern.test(type)));
  if (unknown)
    throw new Error(`${unknown.type} has no price: give it one in rehearsal/costs/month.ts, or say why it is free`);
  const prices = servicePrices(region);
  if (!prices)
    throw new Error(`deployment/prices.json has no prices of services in ${region}: add them, with their source`);
  const of = (type: keyof typeof types) => resources.filter((one) => one.type === types[type]);
  const vpc = vpcInputs.parse(only(of("vpc")).inputs);
  const { fleet, warmHour } = fleets(of("group"), of("template"), region, prices);
  const parts = [
    loadBalancer(of("loadBalancer").length, vpc.availabilityZoneNames.length, prices),
    ...fleet,
    wayOut(vpc, of("endpoint"), prices),
    alarms(of("metricAlarm"), of("policy"), of("compositeAlarm"), of("dashboard"), prices),
    kept(of("key"), of("bucket"), prices),
    watched(of("webAcl"), of("flowLog"), prices),
  ];
  return { parts, usd: parts.reduce((sum, { usd }) => sum + usd, 0), warmHour };
}

function only(found: readonly Registered[]): Registered {
  if (found.length !== 1) throw new Error(`one resource was expected, and ${found.length} are there`);
  return found[0];
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

function loadBalancer(count: number, zones: number, prices: ServicePrices): Part {
  const hour = prices.loadBalancerHour + assumptions.lcu * prices.lcuHour + zones * prices.publicIpv4Hour;
  const of = `its hours, ${assumptions.lcu} LCU, ${zones} public addresses`;
  return { name: "load balancer", usd: count * hour * hoursAMonth, of };
}

/** The serving fleet at its minimum, and what a standby of the same size would add. */
function fleets(
  groups: readonly Registered[],
  templates: readonly Registered[],
  region: string,
  prices: ServicePrices,
): { fleet: Part[]; warmHour: number } {
  const sizes = groups.map(({ inputs }) => groupInputs.parse(inputs));
  const [serving] = sizes.filter(({ minSize }) => minSize > 0);
  const count = sizes.reduce((sum, { minSize }) => sum + minSize, 0);
  const { instanceType, monitoring } = templateInputs.parse(templates[0].inputs);
  const hour = instanceHour(region, instanceType);
  if (hour === undefined)
    throw new Error(`deployment/prices.json has no ${instanceType} in ${region}: add it, with its source`);
  const spot = 100 - serving.mixedInstancesPolicy.instancesDistribution.onDemandPercentageAboveBaseCapacity;
  const metrics = monitoring.enabled ? metricsOfInstance : 0;
  const beside =
    assumptions.volumeGb * prices.gp3GbMonth + metrics * prices.metricMonth + assumptions.logGb * prices.logGb;
  const details = [
    `${assumptions.volumeGb} GB gp3`,
    ...(metrics > 0 ? ["detailed monitoring"] : []),
    `${assumptions.logGb} GB of logs`,
  ];
  return {
    fleet: [
      {
        name: "serving fleet at its minimum",
        usd: count * hour * hoursAMonth,
        of: `${count} ${instanceType} on demand${spot > 0 ? `; ${spot} % Spot, for less` : ""}`,
      },
      { name: "its volumes, metrics and logs", usd: count * beside, of: `each ${details.join(", ")}` },
    ],
    warmHour: serving.minSize * (hour + beside / hoursAMonth),
  };
}

function wayOut(
  { availabilityZoneNames: { length: zones }, natGateways }: z.output<typeof vpcInputs>,
  endpoints: readonly Registered[],
  { natGatewayHour, publicIpv4Hour, interfaceEndpointHour }: ServicePrices,
): Part {
  const gateways = { None: 0, Single: 1, OnePerAz: zones }[natGateways.strategy];
  const interfaces = endpoints.filter(
    ({ inputs }) => endpointInputs.parse(inputs).vpcEndpointType === "Interface",
  ).length;
  const hour = gateways * (natGatewayHour + publicIpv4Hour) + interfaces * zones * interfaceEndpointHour;
  const of = [
    ...(gateways > 0 ? [`${counted(gateways, "NAT gateway")} with an address`] : []),
    ...(interfaces > 0 ? [`${counted(interfaces, "interface endpoint")} in ${zones} zones`] : []),
  ];
  return { name: "way out of the private subnets", usd: hour * hoursAMonth, of: of.join(", ") };
}

/** AWS bills each metric that an alarm looks at. */
function alarms(
  metricAlarms: readonly Registered[],
  policies: readonly Registered[],
  composites: readonly Registered[],
  dashboards: readonly Registered[],
  { alarmMetricMonth, compositeAlarmMonth, dashboardMonth }: ServicePrices,
): Part {
  const watched = metricAlarms.reduce((sum, { inputs }) => {
    const { metricQueries } = alarmInputs.parse(inputs);
    return sum + (metricQueries?.filter(({ metric }) => metric !== undefined).length ?? 1);
  }, 0);
  const scaling = policies.length * alarmsOfPolicy;
  const usd =
    (watched + scaling) * alarmMetricMonth +
    composites.length * compositeAlarmMonth +
    dashboards.length * dashboardMonth;
  const of = `${watched} metrics watched, ${scaling} scaling alarms, ${composites.length} composite alarms, ${counted(dashboards.length, "dashboard")}`;
  return { name: "alarms, dashboard", usd, of };
}

function kept(
  keys: readonly Registered[],
  buckets: readonly Registered[],
  { keyMonth, s3GbMonth }: ServicePrices,
): Part {
  const usd = keys.length * keyMonth + buckets.length * assumptions.accessLogGb * s3GbMonth;
  const of = [
    counted(keys.length, "KMS key"),
    ...(buckets.length > 0 ? [`${assumptions.accessLogGb} GB of access logs`] : []),
  ];
  return { name: "key of the notices, access logs", usd, of: of.join(", ") };
}

/** The web application firewall and the flow logs, where there are some; requests are not counted. */
function watched(
  acls: readonly Registered[],
  flowLogs: readonly Registered[],
  { webAclMonth, webAclRuleMonth, logGb }: ServicePrices,
): Part {
  const rules = acls.reduce((sum, { inputs }) => sum + aclInputs.parse(inputs).rules.length, 0);
  const usd = acls.length * webAclMonth + rules * webAclRuleMonth + flowLogs.length * assumptions.flowLogGb * logGb;
  const of = [
    ...(acls.length > 0 ? [`${counted(acls.length, "web ACL")} with ${counted(rules, "rule")}`] : []),
    ...(flowLogs.length > 0 ? [`${assumptions.flowLogGb} GB of flow logs`] : []),
  ];
  return { name: "firewall for requests, flow logs", usd, of: of.length > 0 ? of.join(", ") : "none" };
}
