import {
  counts,
  errorShare,
  loadBalancerNamespace,
  period,
  trafficMoved,
  type TargetGroupDimensions,
} from "./metrics.ts";
import { byColor, colors, other, type ByColor, type Color } from "../deployment/model.ts";

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

/** What a line says of itself, or an expression that makes one. */
type Details = Record<string, string | number | boolean>;
/** One line of a graph, as CloudWatch's dashboards take it. */
type Line = (string | Details)[];

interface Graph {
  title: string;
  lines: Line[];
  limits?: { label: string; value: number }[];
}

/** Of the grid's 24 columns, those of one colour; and the rows of a graph, and of what stands above both colours. */
const [width, height, topHeight] = [12, 6, 5];

/** The colours as they are drawn. */
const paint: ByColor<string> = { blue: "#1f77b4", green: "#2ca02c" };

/**
 * A dashboard's body (CloudWatch: "Dashboard body structure and syntax"), for somebody just woken up: who serves, where the run book
 * is and which alarms sound; then errors, latency and saturation of both colours side by side. It knows no weights, or each flip would
 * change it: who serves, and when traffic moved, is read from the requests.
 */
export function dashboardBody(
  region: string,
  shown: ByColor<Shown>,
  thresholds: Thresholds,
  alarms: string[],
  runbook: string,
): string {
  const drawn = (
    x: number,
    y: number,
    wide: number,
    high: number,
    { title, lines, limits }: Graph,
    more: object = {},
  ) => ({
    type: "metric",
    x,
    y,
    width: wide,
    height: high,
    properties: {
      title,
      region,
      view: "timeSeries",
      period,
      metrics: lines,
      yAxis: { left: { min: 0 }, right: { min: 0, max: 1, showUnits: false } },
      ...(limits && { annotations: { horizontal: limits } }),
      ...more,
    },
  });
  const serves = { title: "who serves: percent of the requests", lines: sharesOf(shown) };
  const graphs = colors.flatMap((color, column) =>
    graphsOf(color, shown, thresholds).map((graph, row) =>
      drawn(column * width, 2 * topHeight + row * height, width, height, {
        ...graph,
        title: `${color}: ${graph.title}`,
      }),
    ),
  );
  return JSON.stringify({
    widgets: [
      drawn(0, 0, 16, topHeight, serves, { stacked: true, yAxis: { left: { min: 0, max: 100 } } }),
      { type: "text", x: 16, y: 0, width: 8, height: topHeight, properties: { markdown: help(runbook) } },
      {
        type: "alarm",
        x: 0,
        y: topHeight,
        width: 2 * width,
        height: topHeight,
        properties: { title: "Alarms", alarms },
      },
      ...graphs,
    ],
  });
}

const help = (runbook: string): string =>
  [
    `**Users see errors?** ${runbook}`,
    "`bluegreen status` says who serves and whether a rollback is ready; `bluegreen rollback` takes it.",
    "A grey line marks the minute in which traffic moved.",
  ].join("\n\n");

/** What the load balancer measures of a colour's targets. */
const ofTargets = ({ dimensions }: Shown, name: string, stat: string, more: Details = {}): Line => [
  ...[loadBalancerNamespace, name, ...Object.entries(dimensions).flat()],
  { stat, ...more },
];

const requestsOf = (shown: ByColor<Shown>): Line[] =>
  colors.map((color) => ofTargets(shown[color], counts.requests, "Sum", { id: color, visible: false }));

const shareOf = (color: Color): string => `100 * FILL(${color}, 0) / (FILL(${color}, 0) + FILL(${other(color)}, 0))`;

function sharesOf(shown: ByColor<Shown>): Line[] {
  const shares = byColor((color): Line => [
    { expression: shareOf(color), id: `${color}Share`, label: color, color: paint[color] },
  ]);
  return [...requestsOf(shown), shares.blue, shares.green];
}

/** The marker of a deploy: a line from top to bottom where the share of a colour changed. */
const marker = (shown: ByColor<Shown>): Line[] => [
  ...requestsOf(shown),
  [{ expression: shareOf("green"), id: "share", visible: false }],
  [{ expression: trafficMoved, id: "moved", label: "traffic moved", yAxis: "right", color: "#7f7f7f" }],
];

function graphsOf(color: Color, all: ByColor<Shown>, thresholds: Thresholds): Graph[] {
  const shown = all[color];
  const ofGroup = (namespace: string, name: string, label: string): Line => [
    ...[namespace, name, "AutoScalingGroupName", shown.groupName],
    { stat: "Average", label },
  ];
  const times = ["p50", "p95", "p99"].map((stat) => ofTargets(shown, "TargetResponseTime", stat, { label: stat }));
  return [
    {
      title: "5xx answers, percent",
      lines: [
        ...Object.entries(counts).map(([id, name]) => ofTargets(shown, name, "Sum", { id, visible: false })),
        [{ expression: errorShare, id: "errorShare", label: "5xx" }],
        ...marker(all),
      ],
      limits: [{ label: "alarm", value: thresholds.alarmErrorPercent }],
    },
    {
      title: "time of an answer, seconds",
      lines: [...times, ...marker(all)],
      limits: [
        { label: "p95 alarm", value: thresholds.alarmP95Seconds },
        { label: "p99 alarm", value: thresholds.alarmP99Seconds },
      ],
    },
    { title: "CPU, percent", lines: [ofGroup("AWS/EC2", "CPUUtilization", "average")] },
    {
      title: "instances",
      lines: [
        ofTargets(shown, "HealthyHostCount", "Minimum", { label: "healthy" }),
        ofTargets(shown, "UnHealthyHostCount", "Maximum", { label: "unhealthy" }),
        ofGroup("AWS/AutoScaling", "GroupInServiceInstances", "in service"),
      ],
    },
    { title: "requests a minute", lines: [ofTargets(shown, counts.requests, "Sum", { label: "requests" })] },
  ];
}
