import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../config/schema.ts";
import type { BlueGreen } from "./blue-green.ts";
import { previewHeader } from "../aws/preview.ts";
import type { InstanceRole } from "./instance-role.ts";
import type { LoadBalancer } from "./load-balancer.ts";
import type { LogGroups } from "./log-groups.ts";
import type { Monitoring } from "./monitoring.ts";
import type { Notifications } from "./notifications.ts";
import type { ReleasesTable } from "./releases-table.ts";
import { byColor, other, type ImmutableSettings } from "../deployment/model.ts";
import type { StackOutputs } from "../deployment/stack-outputs.ts";

export interface StackOutputsArgs {
  settings: Settings;
  foundation: ImmutableSettings;
  loadBalancer: LoadBalancer;
  blueGreen: BlueGreen;
  releases: ReleasesTable;
  notifications: Notifications;
  monitoring: Monitoring;
  logGroups: LogGroups;
  jobsRole: InstanceRole;
  /** The stack's own key; undefined: it has none. */
  keyArn: pulumi.Output<string> | undefined;
}

/** What resolves to a value, as a whole or in its parts. */
type Resolving<T> = pulumi.Input<{ [Name in keyof T]: Resolving<T[Name]> }>;
type WrittenOutputs = { [Name in keyof StackOutputs]: Resolving<StackOutputs[Name]> };

/**
 * The stack's outputs. All that tells who serves is taken from what the listener and the groups answered, so that it
 * waits for them: an update that fails before does not claim it.
 */
export function createOutputs({
  settings,
  foundation,
  loadBalancer,
  blueGreen,
  ...rest
}: StackOutputsArgs): WrittenOutputs {
  const { listener, targetGroups, fleets, weights } = blueGreen;
  const { alarms, loadBalancerAlarms, dashboard } = rest.monitoring;
  const standby = other(settings.activeColor);
  const scheme = loadBalancer.listenerProtocol.protocol.toLowerCase();
  const previewUrl = pulumi.interpolate`${scheme}://${settings.domain ?? loadBalancer.dnsName}:${settings.previewPort}`;
  const activeColor = weights.apply(() => settings.activeColor);
  const targetGroupArns = byColor((color) => targetGroups[color].arn);
  const machines = byColor((color) => fleets[color].machine);
  const capacity = byColor((color) => fleets[color].capacity);
  const outputs: WrittenOutputs = {
    url: loadBalancer.url,
    previewUrl,
    previewUsage: pulumi.interpolate`curl -H "${previewHeader}: ${standby}" ${previewUrl}${machines[standby].versionPath}`,
    activeColor,
    weights,
    images: byColor((color) => machines[color].imageId),
    fleets: byColor((color) => ({ groupName: fleets[color].groupName, capacity: capacity[color] })),
    listenerArn: listener.arn,
    targetGroupArns,
    rollbackReady: blueGreen.rollbackReady,
    releases: { tableName: rest.releases.tableName },
    notifications: { topicArn: rest.notifications.topicArn },
    alarms: {
      ...byColor((color) => ({ composite: alarms[color].composite, parts: alarms[color].parts })),
      loadBalancer: loadBalancerAlarms,
    },
    dashboard: { name: dashboard.dashboardName, url: dashboard.url },
    logGroups: rest.logGroups.names,
    jobs: { instanceProfileArn: rest.jobsRole.instanceProfileArn },
    deployed: {
      activeColor,
      weights,
      machines,
      capacity,
      foundation,
      subnetIds: [...settings.publicSubnetIds, ...settings.privateSubnetIds],
      listenerArn: listener.arn,
      targetGroupArns,
    },
  };
  // Pulumi warns of an output that has no value.
  return rest.keyArn === undefined ? outputs : { ...outputs, key: { arn: rest.keyArn } };
}
