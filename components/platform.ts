import type * as pulumi from "@pulumi/pulumi";
import { byColor, type ByColor } from "../deployment/model.ts";
import { servesHttps } from "../deployment/desired-state.ts";
import type { Settings } from "../config/schema.ts";
import { AccessLogs } from "./access-logs.ts";
import { Certificate } from "./certificate.ts";
import { FlowLogs } from "./flow-logs.ts";
import { InstanceRole } from "./instance-role.ts";
import { LoadBalancer } from "./load-balancer.ts";
import type { LogSource } from "./log-groups.ts";
import { Network } from "./network.ts";
import type { RegionInfo } from "./region-info.ts";
import { SecurityGroups } from "./security-groups.ts";
import { StackKey } from "./stack-key.ts";
import { VpcEndpoints } from "./vpc-endpoints.ts";
import { WebAcl } from "./web-acl.ts";

export interface PlatformArgs {
  readonly settings: Settings;
  readonly regionInfo: RegionInfo;
  /** Zones of the stack's own VPC; empty in an existing one. */
  readonly availabilityZones: string[];
  /** Base of physical names. */
  readonly baseName: string;
  /** SSM parameter path of the stack, with the leading slash. */
  readonly settingsPath: string;
  readonly tags: Record<string, string>;
}

/** What both fleets stand on. It knows nothing of colours that serve or of weights: a flip does not touch it. */
export interface Platform {
  readonly network: Network;
  readonly securityGroups: SecurityGroups;
  readonly loadBalancer: LoadBalancer;
  readonly roles: ByColor<InstanceRole>;
  /** Of the instances of one-off jobs. */
  readonly jobsRole: InstanceRole;
  /** Undefined in a VPC that exists: its endpoints are its owner's. */
  readonly endpoints: VpcEndpoints | undefined;
  /** Undefined without customerKey: AWS's own keys encrypt. */
  readonly keyArn: pulumi.Output<string> | undefined;
}

/** Makes the network, the load balancer and what an instance may do: resources of the stack itself, in no component of their own. */
export function createPlatform({
  settings,
  regionInfo,
  availabilityZones,
  baseName,
  settingsPath,
  tags,
}: PlatformArgs): Platform {
  const { accountId, partition, reverseDnsPrefix, region } = regionInfo;
  const { vpcCidr, appPort, domain, hostedZoneId, deletionProtection } = settings;
  const keyArn = settings.customerKey
    ? new StackKey("stack", {
        baseName,
        accountId,
        partition,
        region,
        settingsPath,
        protect: deletionProtection,
        tags,
      }).arn
    : undefined;
  const network = new Network("network", {
    vpcId: settings.vpcId,
    publicSubnetIds: settings.publicSubnetIds,
    privateSubnetIds: settings.privateSubnetIds,
    vpcCidr,
    availabilityZoneNames: availabilityZones,
    natGateways: settings.natGateways,
    tags,
  });
  const { vpcId, publicSubnetIds, privateSubnetIds } = network;
  const securityGroups = new SecurityGroups("firewall", {
    vpcId,
    vpcCidr,
    appPort,
    publicPorts: servesHttps(settings) ? [80, 443] : [80],
    allowedCidrs: settings.allowedCidrs,
    previewPort: settings.previewPort,
    previewCidrs: settings.previewCidrs,
    backendPorts: settings.backendPorts,
    tags,
  });
  const endpoints = settings.vpcId
    ? undefined
    : new VpcEndpoints("endpoints", {
        accountId,
        partition,
        region,
        reverseDnsPrefix,
        trustedAccounts: settings.trustedAccounts,
        vpcId,
        subnetIds: privateSubnetIds,
        availabilityZoneNames: availabilityZones,
        routeTableIds: network.privateRouteTableIds,
        clientSecurityGroupId: securityGroups.fleetSecurityGroupId,
        interfaces: settings.natGateways === "none",
        tags,
      });
  if (settings.flowLogs) {
    new FlowLogs("flow-logs", {
      vpcId,
      accountId,
      partition,
      region,
      settingsPath,
      retention: settings.logRetention,
      keyArn,
      tags,
    });
  }
  const issues = domain && hostedZoneId && !settings.certificateArn;
  const certificate = issues ? new Certificate("certificate", { domain, hostedZoneId, tags }) : undefined;
  const accessLogs = settings.accessLogs
    ? new AccessLogs("access-logs", {
        accountId,
        retention: settings.accessLogRetention,
        retain: deletionProtection,
        tags,
      })
    : undefined;
  const webAcl = settings.waf
    ? new WebAcl("firewall-web", { baseName, rateLimit: settings.wafRateLimit, tags })
    : undefined;
  const loadBalancer = new LoadBalancer("load-balancer", {
    baseName,
    subnetIds: publicSubnetIds,
    securityGroupId: securityGroups.loadBalancerSecurityGroupId,
    deletionProtection,
    accessLogs,
    certificateArn: certificate?.arn ?? settings.certificateArn,
    domain,
    hostedZoneId,
    webAclArn: webAcl?.arn ?? settings.webAclArn,
    hstsMaxAge: settings.hstsMaxAge,
    tags,
  });
  const role = (source: LogSource) =>
    new InstanceRole(`instances-${source}`, {
      source,
      accountId,
      partition,
      region,
      settingsPath,
      policyArns: settings.instancePolicyArns,
      boundaryArn: settings.instanceBoundaryArn,
      tags,
    });
  return { network, securityGroups, loadBalancer, roles: byColor(role), jobsRole: role("jobs"), endpoints, keyArn };
}
