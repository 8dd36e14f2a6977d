import * as pulumi from "@pulumi/pulumi";
import { AccessLogs } from "./components/access-logs.ts";
import { BlueGreen } from "./components/blue-green.ts";
import { Certificate } from "./components/certificate.ts";
import { readDeployed } from "./components/deployed.ts";
import { Firewall } from "./components/security-groups.ts";
import { describeImage } from "./components/images.ts";
import { InstanceRole } from "./components/instance-role.ts";
import { LoadBalancer } from "./components/load-balancer.ts";
import { LogGroups } from "./components/log-groups.ts";
import { Monitoring } from "./components/monitoring.ts";
import { Network } from "./components/network.ts";
import { Notifications } from "./components/notifications.ts";
import { stackOutputs } from "./components/outputs.ts";
import { refuseUnlessOverridden } from "./components/override.ts";
import { describePlace } from "./components/region-info.ts";
import { olderSettings } from "./components/older-settings.ts";
import { imageIds, servesHttps, wantedFrom } from "./deployment/desired-state.ts";
import { planUpdate } from "./deployment/plan.ts";
import { connectAws, inBackground, onceTried } from "./components/provider-config.ts";
import { ReleasesTable } from "./components/releases-table.ts";
import { byColor } from "./deployment/model.ts";
import { VpcEndpoints } from "./components/vpc-endpoints.ts";
import { loadSettings } from "./config/load.ts";
import { namespace } from "./config/schema.ts";

/** The stack: settings, what serves now, the plan with its guards, and only then the first resource. */
export default async () => {
  const settings = loadSettings();
  const environment = pulumi.getStack();
  const shared = {
    environment,
    baseName: `${namespace}-${environment}`,
    settingsPath: `/${namespace}/${environment}`,
    tags: { Project: namespace, Environment: environment, ManagedBy: "pulumi" },
  };
  const { clients, readItem, tried } = connectAws();
  const { blue, green } = imageIds(settings);
  // These reads are under way together; they are awaited in the order in which their faults are to be told.
  const placeRead = inBackground(tried, () => describePlace(settings.availabilityZoneCount));
  const blueRead = inBackground(tried, () => describeImage(blue, "blueAmi"));
  const greenRead = inBackground(tried, () => describeImage(green, "greenAmi"));
  const deployed = await onceTried(tried, readDeployed(clients));
  const images = { blue: await blueRead, green: await greenRead };
  const bootGate = byColor((color) => images[color].bootGate);
  const wanted = wantedFrom(settings, bootGate);
  const { plan, refusals } = planUpdate(wanted, deployed);
  if (deployed) refusals.push(...(await olderSettings(readItem, settings.releaseRevision, plan, deployed)));
  if (refusals.length > 0) refuseUnlessOverridden("This update is refused and nothing was changed", refusals);
  for (const sentence of plan.deferred) void pulumi.log.warn(sentence);
  for (const sentence of plan.ungated) void pulumi.log.info(sentence);
  const place = await placeRead;

  const network = new Network("network", { ...settings, ...shared, ...place });
  const { vpcId, publicSubnetIds, privateSubnetIds } = network;
  const { domain, hostedZoneId } = settings;
  const publicPorts = servesHttps(settings) ? [80, 443] : [80];
  const firewall = new Firewall("firewall", { ...settings, ...shared, vpcId, publicPorts });
  const endpoints = settings.vpcId
    ? undefined
    : new VpcEndpoints("endpoints", {
        ...shared,
        ...place,
        vpcId,
        subnetIds: privateSubnetIds,
        routeTableIds: network.privateRouteTableIds,
        clientSecurityGroupId: firewall.fleetSecurityGroupId,
        interfaces: settings.natGateways === "none",
      });
  const issue = domain && hostedZoneId && !settings.certificateArn;
  const certificate = issue ? new Certificate("certificate", { domain, hostedZoneId, ...shared }) : undefined;
  const { accessLogRetention: retention, deletionProtection } = settings;
  const accessLogs = settings.accessLogs
    ? new AccessLogs("access-logs", { ...shared, ...place, retention, forceDestroy: !deletionProtection })
    : undefined;
  const loadBalancer = new LoadBalancer("load-balancer", {
    ...shared,
    domain,
    hostedZoneId,
    deletionProtection,
    accessLogs,
    subnetIds: publicSubnetIds,
    securityGroupId: firewall.loadBalancerSecurityGroupId,
    certificateArn: certificate?.arn ?? settings.certificateArn,
  });
  const roles = byColor(
    (color) =>
      new InstanceRole(`instances-${color}`, { ...shared, ...place, color, policyArns: settings.instancePolicyArns }),
  );

  const blueGreen = new BlueGreen("app", {
    ...settings,
    clients,
    readItem,
    plan,
    deployed,
    images,
    loadBalancer,
    roles,
    prerequisites: endpoints?.reachable ?? [],
    targetGroup: { ...settings, ...shared, vpcId, port: settings.appPort },
    fleet: { ...settings, ...shared, subnetIds: privateSubnetIds, securityGroupId: firewall.fleetSecurityGroupId },
  });
  const logGroups = new LogGroups("log-groups", { ...shared, retention: settings.logRetention });
  const releases = new ReleasesTable("releases", { ...shared, deletionProtection });
  const notifications = new Notifications("notifications", { ...settings, ...shared, ...place });
  const watched = { loadBalancer, blueGreen, topicArn: notifications.topicArn };
  const monitoring = new Monitoring("monitoring", { ...settings, ...shared, ...place, ...watched });
  await blueGreen.settled;
  const made = { loadBalancer, blueGreen, logGroups, releases, notifications, monitoring };
  return stackOutputs({ settings, foundation: wanted.foundation, ...made });
};
