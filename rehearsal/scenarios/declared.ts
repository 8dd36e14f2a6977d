import { readFile } from "node:fs/promises";
import path from "node:path";
import { parse } from "yaml";
import { DescribeAutoScalingGroupsCommand } from "@aws-sdk/client-auto-scaling";
import { DescribeTableCommand } from "@aws-sdk/client-dynamodb";
import {
  DescribeLaunchTemplateVersionsCommand,
  DescribeNatGatewaysCommand,
  DescribeSubnetsCommand,
} from "@aws-sdk/client-ec2";
import {
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { GetBucketLifecycleConfigurationCommand } from "@aws-sdk/client-s3";
import { settingsOf as settingsIn } from "../../config/parse.ts";
import type { Settings } from "../../config/schema.ts";
import type { ConfigValue } from "../engine/settings.ts";
import { autoScaling, dynamodb, ec2, elb, s3 } from "./aws.ts";
import type { Context } from "./context.ts";

/** What an environment's file decides, in AWS's terms. */
interface Shape {
  readonly zones: number;
  readonly natGateways: number;
  readonly minSize: number;
  readonly maxSize: number;
  readonly instanceType: string;
  readonly onDemandPercentage: number;
  readonly deletionProtection: boolean;
  readonly accessLogs: boolean;
  /** Days; 0 without access logs. */
  readonly accessLogRetention: number;
}

/** Names in a stack's outputs that tell where its parts are. */
export interface Deployed {
  readonly url: string;
  readonly activeColor: "blue" | "green";
  readonly listenerArn: string;
  readonly fleets: Record<"blue" | "green", { readonly groupName: string }>;
  readonly releases: { readonly tableName: string };
}

/** The settings of an environment's file of this repository, with those that somebody must add to it. */
export async function settingsOf(name: string, added: Readonly<Record<string, string | undefined>>): Promise<Settings> {
  const file = path.resolve(import.meta.dirname, "../..", `Pulumi.${name}.yaml`);
  const { config } = parse(await readFile(file, "utf8")) as { config: Record<string, ConfigValue> };
  const others = Object.entries(added).map(([key, value]) => [`bluegreen:${key}`, value] as const);
  const raw = [...Object.entries(config), ...others].map(([key, value = ""]): [string, string] => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const result = settingsIn("bluegreen", Object.fromEntries(raw), new Set());
  if ("faults" in result) throw new Error(`Pulumi.${name}.yaml: ${result.faults}`);
  return result.settings;
}

function declared(settings: Settings): Shape {
  const { minSize, maxSize, instanceType, deletionProtection, accessLogs } = settings;
  const zones = settings.availabilityZoneCount;
  return {
    zones,
    minSize,
    maxSize,
    instanceType,
    deletionProtection,
    accessLogs,
    natGateways: { none: 0, single: 1, "one-per-az": zones }[settings.natGateways],
    onDemandPercentage: 100 - settings.spotPercentage,
    accessLogRetention: accessLogs ? settings.accessLogRetention : 0,
  };
}

/** What AWS has, asked of each service and not of the state. */
async function found(context: Context, deployed: Deployed): Promise<Shape> {
  const LoadBalancerArn = deployed.listenerArn.replace(":listener/", ":loadbalancer/").replace(/\/[^/]+$/, "");
  const asked = new DescribeLoadBalancersCommand({ LoadBalancerArns: [LoadBalancerArn] });
  const [balancer] = (await elb(context).send(asked)).LoadBalancers ?? [];
  const inVpc = [{ Name: "vpc-id", Values: [balancer.VpcId ?? ""] }];
  const attributesAsked = new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn });
  const [{ Subnets = [] }, { NatGateways = [] }, { Attributes = [] }, fleet, table] = await Promise.all([
    ec2(context).send(new DescribeSubnetsCommand({ Filters: inVpc })),
    ec2(context).send(new DescribeNatGatewaysCommand({ Filter: inVpc })),
    elb(context).send(attributesAsked),
    fleetOf(context, deployed.fleets[deployed.activeColor].groupName),
    dynamodb(context).send(new DescribeTableCommand({ TableName: deployed.releases.tableName })),
  ]);
  const attribute = (key: string) => Attributes.find(({ Key }) => Key === key)?.Value ?? "";
  const protectedBy = [
    attribute("deletion_protection.enabled") === "true",
    table.Table?.DeletionProtectionEnabled === true,
  ];
  if (protectedBy[0] !== protectedBy[1]) throw new Error(`only one of load balancer and table is protected`);
  const bucket = attribute("access_logs.s3.enabled") === "true" ? attribute("access_logs.s3.bucket") : undefined;
  return {
    ...fleet,
    deletionProtection: protectedBy[0],
    accessLogs: bucket !== undefined,
    zones: new Set(Subnets.map(({ AvailabilityZone }) => AvailabilityZone)).size,
    natGateways: NatGateways.filter(({ State }) => State === "available").length,
    accessLogRetention: bucket === undefined ? 0 : await retentionOf(context, bucket),
  };
}

async function fleetOf(context: Context, name: string) {
  const asked = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] });
  const [group] = (await autoScaling(context).send(asked)).AutoScalingGroups ?? [];
  const policy = group.MixedInstancesPolicy;
  const { LaunchTemplateId, Version = "" } = policy?.LaunchTemplate?.LaunchTemplateSpecification ?? {};
  const versions = new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId, Versions: [Version] });
  const [template] = (await ec2(context).send(versions)).LaunchTemplateVersions ?? [];
  return {
    minSize: group.MinSize ?? -1,
    maxSize: group.MaxSize ?? -1,
    instanceType: template.LaunchTemplateData?.InstanceType ?? "",
    onDemandPercentage: policy?.InstancesDistribution?.OnDemandPercentageAboveBaseCapacity ?? -1,
  };
}

async function retentionOf(context: Context, Bucket: string): Promise<number> {
  const { Rules = [] } = await s3(context).send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
  return Rules[0]?.Expiration?.Days ?? 0;
}

/** Rejects unless AWS has an environment as its file says. @returns what was compared, in a line */
export async function expectAsDeclared(context: Context, settings: Settings, deployed: Deployed): Promise<string> {
  const [want, have] = [declared(settings), await found(context, deployed)];
  const wrong = (Object.keys(want) as (keyof Shape)[]).filter((key) => want[key] !== have[key]);
  if (wrong.length > 0) {
    throw new Error(wrong.map((key) => `${key} is ${have[key]}; its file says ${want[key]}`).join(", "));
  }
  return `${have.zones} zones, ${have.natGateways} NAT gateways, ${have.minSize} to ${have.maxSize} ${have.instanceType}`;
}
