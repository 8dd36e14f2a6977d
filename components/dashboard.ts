import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { dashboardBody, type Thresholds } from "./dashboard-body.ts";
import { runbookAt } from "./runbook.ts";
import type { TargetGroupDimensions } from "./metrics.ts";
import type { ByColor } from "../deployment/model.ts";

export interface DashboardArgs extends Thresholds {
  /** Physical name of the load balancer. */
  loadBalancerName: pulumi.Input<string>;
  region: string;
  partition: string;
  dimensions: ByColor<TargetGroupDimensions>;
  groupNames: ByColor<pulumi.Input<string>>;
  /** Where people find the run book; undefined: its path in the repository. */
  runbookUrl?: string;
  /** Alarms whose states stand above the graphs. */
  alarmArns: pulumi.Input<string>[];
}

/** Where CloudWatch's console is, by partition. */
const consoles: Record<string, string> = {
  aws: "console.aws.amazon.com",
  "aws-cn": "console.amazonaws.cn",
  "aws-us-gov": "console.amazonaws-us-gov.com",
};

/** Who serves, the alarms, and both colours beside each other. 3 USD a month; an account's first three are free. */
export class Dashboard extends pulumi.ComponentResource {
  readonly dashboardName: pulumi.Output<string>;
  /** The page in the console. */
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: DashboardArgs, opts?: pulumi.ComponentResourceOptions) {
    super("bluegreen:index:Dashboard", name, {}, opts);
    const { region, dimensions, groupNames } = args;
    const shown = pulumi.output({
      blue: { dimensions: dimensions.blue, groupName: groupNames.blue },
      green: { dimensions: dimensions.green, groupName: groupNames.green },
    });
    const dashboard = new aws.cloudwatch.Dashboard(
      `${name}-dashboard`,
      {
        // Nobody generates this name, and PutDashboard overwrites what has it. The load balancer's is generated.
        dashboardName: args.loadBalancerName,
        dashboardBody: pulumi
          .all([shown, pulumi.all(args.alarmArns)])
          .apply(([colors, alarms]) =>
            dashboardBody(region, colors, args, alarms, runbookAt(args.runbookUrl, "errors")),
          ),
      },
      { parent: this },
    );
    this.dashboardName = dashboard.dashboardName;
    const console = `https://${region}.${consoles[args.partition] ?? consoles.aws}/cloudwatch/home?region=${region}`;
    this.url = pulumi.interpolate`${console}#dashboards/dashboard/${this.dashboardName}`;
    this.registerOutputs({ dashboardName: this.dashboardName, url: this.url });
  }
}
