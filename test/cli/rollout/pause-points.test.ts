import { parseStrategy } from "../../../cli/analysis/strategy.ts";
import type { Pause } from "../../../cli/analysis/pauses.ts";
import { nothingDone } from "../../../cli/rollout/memory.ts";
import type { Goal, Memory, Next } from "../../../cli/rollout/next.ts";
import { stepOrPause } from "../../../cli/rollout/pause-points.ts";
import type { LiveState, PauseRecord, PausePoint } from "../../../cli/state/model.ts";
import { before, now, record, releaseGoal, settled, v1, weights, world } from "../worlds.ts";

const pause = (after: PausePoint, then: Pause["then"] = "rollback"): Pause => ({ after, timeout: 3600, then });
const goal = (...pauses: Pause[]): Goal => releaseGoal({ strategy: parseStrategy("canary=10%,1m,50%,1m"), pauses });
const request = {
  strategy: "canary=10%,1m,50%,1m",
  bakeSeconds: 600,
  previewSize: 0,
  retireAfterSeconds: undefined,
  until: "ended",
} as const;
const begun = (after: PausePoint): PauseRecord => ({
  after,
  since: new Date(now).toISOString(),
  until: new Date(now + 3_600_000).toISOString(),
  then: "rollback",
  request,
});
/** @param seconds before `now`: when it began */
const past = (after: PausePoint, seconds: number, change: Partial<PauseRecord> = {}): PauseRecord => ({
  ...begun(after),
  since: before(seconds),
  until: before(seconds - 3600),
  ...change,
});
const ended = { how: "continued", at: before(10), by: "ann@laptop" } as const;
const checked: Memory = { ...nothingDone, checked: true };
const watched: Memory = { ...checked, watched: 10 };
const canary = (seconds: number, ...pauses: PauseRecord[]): Partial<LiveState> => ({
  weights: weights(90, 10),
  record: record({ weights: [{ at: before(seconds), blue: 90, green: 10 }], pauses }),
});
const flipped = (...pauses: PauseRecord[]): Partial<LiveState> => ({
  weights: weights(0, 100),
  settings: settled({ activeColor: "green" }),
  record: record({ stage: "bake", servesSince: before(100), pauses }),
});
const pauseNow = (after: PausePoint): Next => ({ kind: "pause", color: "green", pause: begun(after) });

test.each<[string, Partial<LiveState>, Goal, Memory, Next]>([
  ["staged: its pause comes before the checks", {}, goal(pause("stage")), nothingDone, pauseNow("stage")],
  [
    "staged, and the pause is behind the checks: check",
    {},
    goal(pause("check")),
    nothingDone,
    { kind: "check", color: "green" },
  ],
  ["checked: its pause comes before the first share", {}, goal(pause("check")), checked, pauseNow("check")],
  [
    "checked, and the rollback is to be proved: its pause comes behind that",
    {},
    { ...goal(pause("stage"), pause("check")), provesRollback: true },
    checked,
    { kind: "prove", color: "green" },
  ],
  [
    "proved: the pause behind the checks",
    {},
    { ...goal(pause("check")), provesRollback: true },
    { ...checked, proved: true },
    pauseNow("check"),
  ],
  [
    "checked, and somebody went on: the first share",
    { record: record({ pauses: [past("check", 60, { ended })] }) },
    goal(pause("check")),
    checked,
    { kind: "shift", color: "green", weight: 10 },
  ],
  [
    "the first share is not over: hold",
    canary(20),
    goal(pause("10%")),
    checked,
    { kind: "hold", color: "green", seconds: 40 },
  ],
  ["the first share is over and was watched: its pause", canary(61), goal(pause("10%")), watched, pauseNow("10%")],
  [
    "the first share is over, the pause is at the next one: go on",
    canary(61),
    goal(pause("50%")),
    watched,
    { kind: "shift", color: "green", weight: 50 },
  ],
  [
    "all requests: its pause comes before the bake",
    flipped(),
    goal(pause("cutover")),
    nothingDone,
    pauseNow("cutover"),
  ],
  [
    "all requests, and somebody went on: bake",
    flipped(past("cutover", 60, { ended })),
    goal(pause("cutover")),
    nothingDone,
    { kind: "bake", color: "green", seconds: 500 },
  ],
  [
    "it waits: whoever gives the release again waits, too",
    canary(61, past("10%", 60)),
    goal(pause("10%")),
    watched,
    { kind: "paused", pause: past("10%", 60) },
  ],
  [
    "it waits, and the file has no pauses any more: it waits all the same",
    canary(61, past("10%", 60)),
    goal(),
    watched,
    { kind: "paused", pause: past("10%", 60) },
  ],
  [
    "its time is over to the second: what was declared",
    canary(4000, past("10%", 3600)),
    goal(pause("10%")),
    watched,
    { kind: "expire", pause: past("10%", 3600) },
  ],
  [
    "a record that has ended waits for nobody",
    { record: record({ outcome: "superseded", pauses: [past("check", 60)] }) },
    goal(),
    checked,
    { kind: "shift", color: "green", weight: 10 },
  ],
])("%s", (_, change, wanted, memory, next) => expect(stepOrPause(world(change), wanted, memory)).toEqual(next));

test.each<[string, number, RegExp]>([
  [
    "waits",
    60,
    /^v2\.0\.0 is paused after its checks until .*End that first: bluegreen continue, or bluegreen rollback\.$/,
  ],
  [
    "has waited too long",
    3601,
    /^v2\.0\.0 was paused .*bluegreen continue --expired does what was declared \(rollback\)/,
  ],
])("given another image's release %s, then this one is refused, and told how that ends", (_, seconds, why) =>
  expect(
    stepOrPause(
      world({ record: record({ pauses: [past("check", seconds)] }) }),
      { ...goal(), imageId: v1.imageId },
      nothingDone,
    ),
  ).toEqual({ kind: "refuse", why: expect.stringMatching(why) as string }),
);

test("given this host's clock is an hour ahead, then the pause ends by AWS's clock", () => {
  const waits = canary(61, past("10%", 60));
  expect(stepOrPause(world({ ...waits, at: now + 3_600_000 }), goal(), watched).kind).toBe("paused");
  expect(stepOrPause(world({ ...waits, awsTime: now + 3_600_000 }), goal(), watched).kind).toBe("expire");
});
