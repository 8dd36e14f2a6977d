import * as pulumi from "@pulumi/pulumi";
import { BlueGreen } from "./components/blue-green.ts";
import { decideUpdate } from "./components/decide-update.ts";
import { LogGroups } from "./components/log-groups.ts";
import { Monitoring } from "./components/monitoring.ts";
import { Notifications } from "./components/notifications.ts";
import { createOutputs } from "./components/outputs.ts";
import { createPlatform } from "./components/platform.ts";
import { ReleasesTable } from "./components/releases-table.ts";
import { loadSettings } from "./config/load.ts";
import { blueGreenName } from "./deployment/names.ts";

/** The stack: settings, what the update will do, and only then the first resource. */
export default async () => {
  const settings = loadSettings();
  const { appPort, domain, deletionProtection, deregistrationDelay } = settings;
  const { clients, readItem, wanted, deployed, images, plan, ...place } = await decideUpdate(settings);
  const { revoked, regionInfo, availabilityZones, authorities } = place;
  const { accountId, partition, region } = regionInfo;
  const project = pulumi.getProject();
  const environment = pulumi.getStack();
  const baseName = `${project}-${environment}`;
  const settingsPath = `/${project}/${environment}`;
  const tags = { Project: project, Environment: environment, ManagedBy: "pulumi" };

  const { network, securityGroups, loadBalancer, roles, jobsRole, endpoints, keyArn } = createPlatform({
    settings,
    regionInfo,
    availabilityZones,
    baseName,
    settingsPath,
    tags,
  });

  const blueGreen = new BlueGreen(blueGreenName, {
    clients,
    readItem,
    plan,
    activeColor: settings.activeColor,
    deployed,
    images,
    revoked,
    loadBalancer,
    previewPort: settings.previewPort,
    domain,
    authorities,
    readinessTimeout: settings.readinessTimeout,
    targetGroup: { baseName, vpcId: network.vpcId, port: appPort, deregistrationDelay, tags },
    fleet: {
      environment,
      settingsPath,
      spotPercentage: settings.spotPercentage,
      subnetIds: network.privateSubnetIds,
      securityGroupId: securityGroups.fleetSecurityGroupId,
      keyArn,
      healthCheckGracePeriod: settings.healthCheckGracePeriod,
      deregistrationDelay,
      tags,
    },
    roles,
    prerequisites: endpoints?.reachable ?? [],
  });
  const logGroups = new LogGroups("log-groups", { settingsPath, retention: settings.logRetention, keyArn, tags });
  const releases = new ReleasesTable("releases", { baseName, deletionProtection, keyArn, tags });
  const notifications = new Notifications("notifications", {
    baseName,
    accountId,
    partition,
    notificationEmails: settings.notificationEmails,
    keyArn,
    tags,
  });
  const monitoring = new Monitoring("monitoring", {
    baseName,
    region,
    partition,
    loadBalancer,
    blueGreen,
    settingsPath,
    logGroups: logGroups.names,
    degradedAlarm: settings.degradedAlarm,
    topicArn: notifications.topicArn,
    runbookUrl: settings.runbookUrl,
    alarmErrorPercent: settings.alarmErrorPercent,
    alarmP95Seconds: settings.alarmP95Seconds,
    alarmP99Seconds: settings.alarmP99Seconds,
    tags,
  });
  await blueGreen.settled;
  return createOutputs({
    settings,
    foundation: wanted.foundation,
    loadBalancer,
    blueGreen,
    logGroups,
    jobsRole,
    releases,
    notifications,
    monitoring,
    keyArn,
  });
};
