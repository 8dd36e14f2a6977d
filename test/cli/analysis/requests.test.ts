import { CloudWatchClient, type MetricDataResult } from "@aws-sdk/client-cloudwatch";
import { clumpOf } from "../../../cli/analysis/dispersion.ts";
import { minute } from "../../../cli/analysis/metrics.ts";
import { allowedShare, referenceOf } from "../../../cli/analysis/reference.ts";
import { Requests, type RequestsArgs } from "../../../cli/analysis/requests.ts";
import type { Clumps, Trials } from "../../../cli/analysis/trials.ts";
import type { Tally } from "../../../cli/analysis/wagers.ts";
import { byColor, type Color } from "../../../deployment/model.ts";

const noon = Date.parse("2026-01-01T12:00:00Z");
/** Minutes after noon, and seconds after that. */
const at = (minutes: number, seconds = 0): number => noon + minutes * minute + seconds * 1000;
const of = (sent: number, failed: number): Tally => ({ sent, failed });

/** What CloudWatch tells of a colour: its requests and failures by the minute after noon. */
const told = (color: Color, minutes: Record<number, Tally>): MetricDataResult[] => {
  const points = Object.entries(minutes).map(([index, tally]): [Date, Tally] => [new Date(at(Number(index))), tally]);
  const series = (id: string, value: (tally: Tally) => number): MetricDataResult => ({
    Id: `${color}_${id}`,
    Timestamps: points.map(([time]) => time),
    Values: points.map(([, tally]) => value(tally)),
  });
  return [series("requests", ({ sent }) => sent), series("errors", ({ failed }) => failed)];
};

let asked: { StartTime: Date; EndTime: Date; NextToken?: string }[];
let pages: MetricDataResult[][];
let trials: { clumps: Clumps; take: jest.Mock; takeAlone: jest.Mock };
beforeEach(() => {
  [asked, pages] = [[], [[]]];
  trials = { clumps: { all: 10, own: 10 }, take: jest.fn(), takeAlone: jest.fn() };
});

function requests(change: Partial<RequestsArgs> = {}): Requests {
  const send = ({ input }: { input: (typeof asked)[number] }) => {
    asked.push(input);
    const index = Number(input.NextToken ?? 0);
    const NextToken = index + 1 < pages.length ? String(index + 1) : undefined;
    return Promise.resolve({ MetricDataResults: pages[index], NextToken });
  };
  const cloudWatch = Object.assign(new CloudWatchClient({ region: "eu-central-1" }), { send });
  const outputs = {
    listenerArn: "x:listener/app/dev/1/2",
    targetGroupArns: byColor((color) => `x:targetgroup/${color}/1`),
  };
  return new Requests({
    clients: { cloudWatch },
    outputs,
    release: "green",
    trials: trials as unknown as Trials,
    effect: 1.2,
    fewest: 20,
    judgedSince: at(0),
    asked: () => undefined,
    ...change,
  });
}

const both = (minutes: Record<number, Tally>, old = minutes) => [...told("green", minutes), ...told("blue", old)];

test("given no minute is over, then the time before is asked for once, and nothing of the step", async () => {
  const judge = requests();
  expect(await judge.ask(at(0), at(0, 30))).toBeUndefined();
  expect(asked.map(({ StartTime, EndTime }) => [+StartTime, +EndTime])).toEqual([[at(-180), at(0)]]);
  expect(await judge.ask(at(0), at(0, 59))).toBeUndefined();
  expect(asked).toHaveLength(1);
});

test("asks for the three hours before the release, too, page by page, and counts the step's own minutes", async () => {
  pages = [told("green", { 0: of(100, 1) }), told("blue", { 0: of(900, 2) })];
  const counts = await requests({ judgedSince: at(-5) }).ask(at(0), at(1, 30));
  expect(counts).toMatchObject({ green: { sent: 100, failed: 1, minutes: 1 }, blue: { sent: 900, failed: 2 } });
  expect(asked.map(({ StartTime, EndTime }) => [+StartTime, +EndTime])).toEqual([
    [at(-185), at(1)],
    [at(-185), at(1)],
  ]);
  asked = [];
  await requests({ judgedSince: at(3) }).ask(at(0), at(1, 30));
  expect(asked.map(({ StartTime }) => +StartTime)).toEqual([at(-180), at(-180)]);
});

describe("while both colours have traffic", () => {
  test("a minute that is told of both is judged once, 20 s after its end", async () => {
    pages = [both({ 0: of(100, 3) }, { 0: of(900, 1) })];
    const judge = requests();
    await judge.ask(at(0), at(1, 19.999));
    expect(trials.take).not.toHaveBeenCalled();
    expect(judge.last).toBeUndefined();
    for (const now of [at(1, 20), at(1, 50)]) await judge.ask(at(0), now);
    const interval = { release: of(100, 3), baseline: of(900, 1) };
    expect(trials.take.mock.calls).toEqual([["requests", interval]]);
    expect(judge.last).toEqual(interval);
    expect(judge.reference).toBeUndefined();
  });

  test("a minute of which one colour is not told waits three minutes, and no later one overtakes it", async () => {
    pages = [[...told("green", { 0: of(100, 3), 1: of(100, 4) }), ...told("blue", { 1: of(900, 0) })]];
    const judge = requests();
    await judge.ask(at(0), at(3, 59.999));
    expect(trials.take).not.toHaveBeenCalled();
    await judge.ask(at(0), at(4));
    expect(trials.take.mock.calls).toEqual([
      ["requests", { release: of(100, 3), baseline: of(0, 0) }],
      ["requests", { release: of(100, 4), baseline: of(900, 0) }],
    ]);
  });

  test("minutes before the step are not judged, and show how the old colour's failures clump", async () => {
    const clumped = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [index - 40, of(1000, index % 4 === 0 ? 12 : 0)]),
    );
    pages = [both({ 0: of(100, 3) }, { ...clumped, 0: of(900, 500) })];
    await requests().ask(at(0), at(1, 20));
    expect(trials.take).toHaveBeenCalledTimes(1);
    // Not with the minute that is judged, and not with those that nothing is told of.
    expect(trials.clumps.all).toBeCloseTo(clumpOf(Object.values(clumped)), 10);
    expect(trials.clumps.all).not.toBe(10);
  });
});

describe("in a bake, when the old colour has no traffic", () => {
  const before = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [index - 30, of(1000, index % 3)]));
  const baking = (change: Partial<RequestsArgs> = {}) =>
    requests({ judgedSince: at(-30), servesSince: at(0), asked: () => of(300, 0), ...change });
  const reference = referenceOf(Object.values(before), 20);

  test("each minute of the release is judged by what the old colour had before", async () => {
    pages = [both({ 0: of(5000, 30) }, before)];
    const judge = baking();
    await judge.ask(at(0), at(1, 20));
    expect(judge.reference).toEqual(reference);
    const allowed = allowedShare(reference ?? { sent: 0, failed: 0, share: 0 }, 1.2, of(300, 0));
    expect(trials.takeAlone.mock.calls).toEqual([["bake", of(5000, 30), allowed]]);
    expect(trials.take).not.toHaveBeenCalled();
    expect(judge.allowed(of(300, 0))).toBe(allowed);
  });

  test("the minute in which the release got the last requests is no reference", async () => {
    pages = [both({ 1: of(5000, 30) }, { ...before, 0: of(1000, 900) })];
    const judge = baking({ servesSince: at(0, 30) });
    await judge.ask(at(1), at(2, 20));
    expect(judge.reference).toEqual(reference);
    expect(trials.takeAlone).toHaveBeenCalledTimes(1);
  });

  test.each<[string, Partial<RequestsArgs>]>([
    ["the old colour was not asked", { asked: () => undefined }],
    ["the old colour got no request of ours", { asked: () => of(0, 0) }],
    ["too little is known of before", { fewest: 1e9 }],
  ])("given %s, then nothing is judged", async (_, change) => {
    pages = [both({ 0: of(5000, 30) }, before)];
    const judge = baking(change);
    await judge.ask(at(0), at(1, 20));
    expect(judge.last).toEqual({ release: of(5000, 30), baseline: of(0, 0) });
    expect(trials.takeAlone).not.toHaveBeenCalled();
  });
});
