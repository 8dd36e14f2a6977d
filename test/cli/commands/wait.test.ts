import { lookAt } from "../../../cli/commands/wait.ts";
import type { PauseRecord, ReleaseRecord } from "../../../cli/state/model.ts";
import { before, lock, now, record } from "../worlds.ts";

const pause = (change: Partial<PauseRecord> = {}): PauseRecord => ({
  after: "check",
  since: before(60),
  until: new Date(now + 90_000).toISOString(),
  then: "rollback",
  request: { strategy: "all-at-once", bakeSeconds: 0, previewSize: 0, until: "ended" },
  ...change,
});
const ended = { how: "continued", at: before(10), by: "ann@laptop" } as const;
const served = pause({ ended, request: { ...pause().request, until: "served" } });
const { id } = record();

test.each<[string, Partial<ReleaseRecord>, boolean, object]>([
  [
    "nobody has decided",
    { pauses: [pause()] },
    false,
    { kind: "wait", what: "paused after its checks; 1m30s left, then: rollback" },
  ],
  ["the time is over", { pauses: [pause({ until: before(0) })] }, false, { kind: "expired" }],
  [
    "the time is over, and somebody is at work",
    { pauses: [pause({ until: before(0) })] },
    true,
    { kind: "wait", what: "alice@desk: continue" },
  ],
  ["somebody goes on", { pauses: [pause({ ended })] }, true, { kind: "wait", what: "alice@desk: continue" }],
  ["who went on is gone", { pauses: [pause({ ended })] }, false, { kind: "nobody" }],
  [
    "a cut-over that was to go so far is through",
    { pauses: [served], servesSince: before(5) },
    false,
    { kind: "ended" },
  ],
  ["it is released", { outcome: "released" }, false, { kind: "ended" }],
  ["it went back", { outcome: "rolled-back", why: "errors" }, false, { kind: "failed", error: { code: "rolledBack" } }],
  ["it was given up", { outcome: "superseded" }, false, { kind: "failed", error: { code: "failed" } }],
  ["another release has begun", { id: "another" }, false, { kind: "failed", error: { code: "failed" } }],
])("%s", (_, change, isLocked, look) =>
  expect(lookAt(id, record(change), isLocked ? lock({ doing: "continue" }) : undefined, now)).toMatchObject(look),
);
