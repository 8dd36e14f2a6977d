import { counts, errorShare, loadBalancerNamespace, period, type TargetGroupDimensions } from "./metrics.ts";
import { colors, type ByColor } from "../deployment/model.ts";

/** What the dashboard shows of one colour. */
export interface Shown {
  dimensions: TargetGroupDimensions<string>;
  /** Its Auto Scaling group. */
  groupName: string;
}

/** Lines above which the alarms sound: percent, and seconds. */
export interface Thresholds {
  alarmErrorPercent: number;
  alarmP95Seconds: number;
  alarmP99Seconds: number;
}

/** One line of a graph, or the expression that makes one, as CloudWatch's dashboards take it. */
type Line = (string | Record<string, string | boolean>)[];

interface Graph {
  title: string;
  lines: Line[];
  limits?: { label: string; value: number }[];
}

/** Of the grid's 24 columns, those of one colour; and the rows of a graph and of the alarms. */
const [width, height, alarmsHeight] = [12, 6, 4];

/** A dashboard's body (CloudWatch: "Dashboard body structure and syntax"): the alarms, then both colours side by side. */
export function dashboardBody(region: string, shown: ByColor<Shown>, thresholds: Thresholds, alarms: string[]): string {
  const graphs = colors.flatMap((color, column) =>
    graphsOf(shown[color], thresholds).map(({ title, lines, limits }, row) => ({
      type: "metric",
      x: column * width,
      y: alarmsHeight + row * height,
      width,
      height,
      properties: {
        title: `${color}: ${title}`,
        region,
        view: "timeSeries",
        period,
        metrics: lines,
        yAxis: { left: { min: 0 } },
        ...(limits && { annotations: { horizontal: limits } }),
      },
    })),
  );
  const properties = { title: "Alarms", alarms };
  const states = { type: "alarm", x: 0, y: 0, width: 2 * width, height: alarmsHeight, properties };
  return JSON.stringify({ widgets: [states, ...graphs] });
}

function graphsOf({ dimensions, groupName }: Shown, thresholds: Thresholds): Graph[] {
  const ofTargets = (name: string, stat: string, more: Record<string, string | boolean> = {}): Line => [
    ...[loadBalancerNamespace, name, ...Object.entries(dimensions).flat()],
    { stat, ...more },
  ];
  const ofGroup = (namespace: string, name: string, label: string): Line => [
    ...[namespace, name, "AutoScalingGroupName", groupName],
    { stat: "Average", label },
  ];
  const times = ["p50", "p95", "p99"].map((stat) => ofTargets("TargetResponseTime", stat, { label: stat }));
  return [
    { title: "requests a minute", lines: [ofTargets(counts.requests, "Sum", { label: "requests" })] },
    {
      title: "5xx answers, percent",
      lines: [
        ...Object.entries(counts).map(([id, name]) => ofTargets(name, "Sum", { id, visible: false })),
        [{ expression: errorShare, id: "share", label: "5xx" }],
      ],
      limits: [{ label: "alarm", value: thresholds.alarmErrorPercent }],
    },
    {
      title: "time of an answer, seconds",
      lines: times,
      limits: [
        { label: "p95 alarm", value: thresholds.alarmP95Seconds },
        { label: "p99 alarm", value: thresholds.alarmP99Seconds },
      ],
    },
    {
      title: "instances",
      lines: [
        ofTargets("HealthyHostCount", "Minimum", { label: "healthy" }),
        ofTargets("UnHealthyHostCount", "Maximum", { label: "unhealthy" }),
        ofGroup("AWS/AutoScaling", "GroupInServiceInstances", "in service"),
      ],
    },
    { title: "CPU, percent", lines: [ofGroup("AWS/EC2", "CPUUtilization", "average")] },
  ];
}
