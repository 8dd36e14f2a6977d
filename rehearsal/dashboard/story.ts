/** An hour that the dashboard is pictured with: made up, and always the same. */
import { colors, type Color } from "../../deployment/model.ts";
import type { TimeSeries } from "@bluegreen/metric-math";

/** Minutes. */
const length = 60;
/** Percent of the requests that green has from a minute on: a canary, the flip, and the rollback once its errors show. */
const moves: readonly [minute: number, green: number][] = [
  [0, 0],
  [15, 10],
  [30, 100],
  [44, 0],
];
/** Minutes in which green answers badly. */
const ill = (minute: number): boolean => minute >= 38 && minute < 44;

const greenShare = (minute: number): number => moves.findLast(([from]) => minute >= from)?.[1] ?? 0;
/** A little unrest, the same in every picture. */
const unrest = (minute: number, seed: number): number => Math.sin(minute * 1.7 + seed) * Math.cos(minute * 0.6 + seed);

type Measure = (minute: number, share: number, color: Color) => number | undefined;

const time =
  (usual: number, bad: number): Measure =>
  (minute, share, color) =>
    share === 0 ? undefined : (color === "green" && ill(minute) ? bad : usual) * (1 + unrest(minute, usual) / 8);

/** Each metric by its name and statistic. */
const measures: Readonly<Record<string, Measure>> = {
  "RequestCount Sum": (minute, share) =>
    share === 0 ? undefined : Math.round((6000 + 400 * unrest(minute, 1)) * (share / 100)),
  "HTTPCode_Target_5XX_Count Sum": (minute, share, color) =>
    share > 0 && color === "green" && ill(minute) ? Math.round(260 + 40 * unrest(minute, 2)) : undefined,
  "TargetResponseTime p50": time(0.08, 0.4),
  "TargetResponseTime p95": time(0.3, 1.6),
  "TargetResponseTime p99": time(0.7, 3.6),
  "CPUUtilization Average": (minute, share) => 6 + share * 0.42 + 3 * unrest(minute, 3),
  "HealthyHostCount Minimum": (minute, _, color) => (color === "green" && ill(minute) ? 3 : 4),
  "UnHealthyHostCount Maximum": (minute, _, color) => (color === "green" && ill(minute) ? 1 : 0),
  "GroupInServiceInstances Average": () => 4,
};

/** The metric's minutes. @param of text in its dimensions that tells the colour */
export function minutesOf(name: string, stat: string, of: string): TimeSeries {
  const measure = measures[`${name} ${stat}`];
  const color = colors.find((one) => of.includes(one));
  if (!measure || !color)
    throw new Error(`the picture has no ${name} ${stat} of ${of}: add it to rehearsal/dashboard/story.ts`);
  return Array.from({ length }, (_, minute) => {
    const green = greenShare(minute);
    return measure(minute, color === "green" ? green : 100 - green, color);
  });
}
