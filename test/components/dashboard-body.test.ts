import { dashboardBody } from "../../components/dashboard-body.ts";
import { byColor, colors, type Color } from "../../deployment/model.ts";

interface Widget {
  type: string;
  x: number;
  y: number;
  width: number;
  height: number;
  properties: {
    title: string;
    region: string;
    alarms?: string[];
    markdown?: string;
    stacked?: boolean;
    metrics: (string | Record<string, unknown>)[][];
    annotations?: { horizontal: object[] };
  };
}

const shown = byColor((color) => ({
  dimensions: { LoadBalancer: "app/alb/1", TargetGroup: `targetgroup/${color}/2` },
  groupName: `app-${color}-group-1234567`,
}));
const thresholds = { alarmErrorPercent: 1, alarmP95Seconds: 0.5, alarmP99Seconds: 2 };
const body = dashboardBody(
  "eu-north-1",
  shown,
  thresholds,
  ["arn:a", "arn:b"],
  "Run book: https://wiki.example.com/r#1",
);
const { widgets } = JSON.parse(body) as { widgets: Widget[] };
const [serves, help, alarms, ...graphs] = widgets;
const graph = (color: Color, title: string) => {
  const found = graphs.find(({ properties }) => properties.title.startsWith(`${color}: ${title}`));
  if (!found) throw new Error(`no graph of ${title}`);
  return found;
};

/** Whether a line counts requests for the marker of deploys alone. */
const ofMarker = (line: (string | Record<string, unknown>)[]) => colors.includes((line.at(-1) as { id: Color }).id);

describe("the dashboard", () => {
  test("says first who serves, by the requests that each colour gets, and where the run book is", () => {
    expect(serves).toMatchObject({ type: "metric", x: 0, y: 0, properties: { stacked: true } });
    expect(serves.properties.metrics.slice(-2).map((line) => line[0])).toMatchObject([
      { label: "blue", expression: "100 * FILL(blue, 0) / (FILL(blue, 0) + FILL(green, 0))" },
      { label: "green", expression: "100 * FILL(green, 0) / (FILL(green, 0) + FILL(blue, 0))" },
    ]);
    expect(help).toMatchObject({ type: "text", x: 16, y: 0 });
    expect(help.properties.markdown).toContain("Run book: https://wiki.example.com/r#1");
  });

  test("shows the alarms' states below it, above the colours", () => {
    expect(alarms).toMatchObject({ type: "alarm", x: 0, y: 5, width: 24, properties: { alarms: ["arn:a", "arn:b"] } });
  });

  test("shows errors first, then latency, then saturation", () => {
    const titles = graphs.map(({ properties }) => properties.title);
    expect(titles.filter((title) => title.startsWith("blue"))).toEqual([
      "blue: 5xx answers, percent",
      "blue: time of an answer, seconds",
      "blue: CPU, percent",
      "blue: instances",
      "blue: requests a minute",
    ]);
  });

  test("marks in errors and latency the minutes in which traffic moved, and names no weight", () => {
    for (const color of colors) {
      for (const title of ["5xx", "time of an answer"]) {
        const own = graph(color, title).properties.metrics.at(-1);
        expect(own).toEqual([
          expect.objectContaining({ expression: "IF(ABS(DIFF(share)) >= 5, 1, 0)", yAxis: "right" }),
        ]);
      }
    }
    expect(body).not.toMatch(/weight/i);
  });

  test("shows each colour's graphs beside the other's, none over another", () => {
    const places = (color: Color) => graphs.filter(({ properties }) => properties.title.startsWith(`${color}: `));
    expect(places("blue").map(({ y }) => y)).toEqual(places("green").map(({ y }) => y));
    expect(places("blue")).toHaveLength(5);
    expect([...new Set(places("blue").map(({ x, width }) => x + width))]).toEqual([12]);
    expect([...new Set(places("green").map(({ x, width }) => x + width))]).toEqual([24]);
    const overlapping = widgets.filter((a, index) =>
      widgets
        .slice(index + 1)
        .some((b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height),
    );
    expect(overlapping).toEqual([]);
    expect(new Set(graphs.map(({ properties }) => properties.region))).toEqual(new Set(["eu-north-1"]));
  });

  test.each<[string, (string | [string, string])[]]>([
    ["requests a minute", ["RequestCount Sum"]],
    ["5xx answers", ["HTTPCode_Target_5XX_Count Sum", "RequestCount Sum"]],
    ["time of an answer", ["TargetResponseTime p50", "TargetResponseTime p95", "TargetResponseTime p99"]],
    ["instances", ["HealthyHostCount Minimum", "UnHealthyHostCount Maximum", "GroupInServiceInstances Average"]],
    ["CPU", ["CPUUtilization Average"]],
  ])("%s: of the colour itself", (title, expected) => {
    for (const color of colors) {
      const lines = graph(color, title).properties.metrics.filter((line) => line.length > 1 && !ofMarker(line));
      const told = lines.map((line) => `${line[1] as string} ${(line.at(-1) as { stat: string }).stat}`);
      expect(told).toEqual(expected);
      for (const line of lines) {
        const own = ["LoadBalancer", "app/alb/1", "TargetGroup", `targetgroup/${color}/2`];
        const group = ["AutoScalingGroupName", `app-${color}-group-1234567`];
        expect(line.slice(2, -1)).toEqual(line[0] === "AWS/ApplicationELB" ? own : group);
      }
    }
  });

  test("draws the share of errors by the alarm's own expression, and not the counts that it is made of", () => {
    const { metrics } = graph("blue", "5xx").properties;
    expect(metrics.slice(0, 3).map((line) => line.at(-1))).toEqual([
      { stat: "Sum", id: "errors", visible: false },
      { stat: "Sum", id: "requests", visible: false },
      { expression: "IF(requests >= 20, 100 * FILL(errors, 0) / requests, 0)", id: "errorShare", label: "5xx" },
    ]);
  });

  test("draws the lines above which alarms sound, and none elsewhere", () => {
    const limits = graphs.flatMap(({ properties }) => properties.annotations?.horizontal ?? []);
    const each = [
      { label: "alarm", value: 1 },
      { label: "p95 alarm", value: 0.5 },
      { label: "p99 alarm", value: 2 },
    ];
    expect(limits).toEqual([...each, ...each]);
    expect(graph("green", "CPU").properties).not.toHaveProperty("annotations");
  });
});
