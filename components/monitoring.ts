import * as pulumi from "@pulumi/pulumi";
import { Alarms } from "./alarms.ts";
import type { BlueGreen } from "./blue-green.ts";
import { Dashboard } from "./dashboard.ts";
import { DegradedAlarm } from "./degraded-alarm.ts";
import type { Thresholds } from "./dashboard-body.ts";
import { createGatewayErrorsAlarm } from "./gateway-errors-alarm.ts";
import type { LoadBalancer } from "./load-balancer.ts";
import { createRejectedConnectionsAlarm } from "./rejected-connections-alarm.ts";
import { byColor, colors, type ByColor } from "../deployment/model.ts";

export interface MonitoringArgs extends Thresholds {
  /** Base of the alarms' names. */
  baseName: string;
  region: string;
  partition: string;
  loadBalancer: LoadBalancer;
  blueGreen: BlueGreen;
  /** Where people find the run book; undefined: its path in the repository. */
  runbookUrl?: string;
  /** The stack's path of settings: `/bluegreen/STACK`. */
  settingsPath: string;
  /** Log groups of the colours' instances. */
  logGroups: ByColor<pulumi.Input<string>>;
  /** Whether an alarm of its own tells that a backing service is away. */
  degradedAlarm: boolean;
  /** Topic that alarms tell. */
  topicArn: pulumi.Input<string>;
  tags: Record<string, string>;
}

/**
 * What tells whether each colour is well. It follows what the fleets and the target groups are called, and knows nothing
 * of colours that serve or of weights: a flip does not touch it.
 */
export class Monitoring extends pulumi.ComponentResource {
  readonly alarms: ByColor<Alarms>;
  /** Names of the alarms that are no colour's. */
  readonly loadBalancerAlarms: pulumi.Output<string>[];
  readonly dashboard: Dashboard;

  constructor(name: string, args: MonitoringArgs, opts?: pulumi.ComponentResourceOptions) {
    super("bluegreen:index:Monitoring", name, {}, opts);
    const { loadBalancer, blueGreen } = args;
    const shared = { ...args, loadBalancerName: loadBalancer.name, loadBalancerArnSuffix: loadBalancer.arnSuffix };
    const dimensions = byColor((color) => ({
      LoadBalancer: loadBalancer.arnSuffix,
      TargetGroup: blueGreen.targetGroups[color].arnSuffix,
    }));
    this.alarms = byColor(
      (color) => new Alarms(`${name}-${color}`, { ...shared, color, dimensions: dimensions[color] }, { parent: this }),
    );
    const rejected = createRejectedConnectionsAlarm(`${args.baseName}-rejected`, shared, { parent: this });
    const gateway = createGatewayErrorsAlarm(`${args.baseName}-gateway`, shared, { parent: this });
    const degraded = args.degradedAlarm
      ? new DegradedAlarm(
          `${name}-degraded`,
          {
            baseName: args.baseName,
            settingsPath: args.settingsPath,
            logGroups: args.logGroups,
            topicArn: args.topicArn,
            tags: args.tags,
          },
          { parent: this },
        )
      : undefined;
    this.loadBalancerAlarms = [rejected.name, gateway.name, ...(degraded ? [degraded.alarmName] : [])];
    this.dashboard = new Dashboard(
      name,
      {
        ...shared,
        dimensions,
        groupNames: byColor((color) => blueGreen.fleets[color].groupName),
        alarmArns: [
          ...colors.flatMap((color) => this.alarms[color].arns),
          rejected.arn,
          gateway.arn,
          ...(degraded ? [degraded.arn] : []),
        ],
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
