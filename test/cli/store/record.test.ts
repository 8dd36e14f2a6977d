import fc from "fast-check";
import { newRecord, openPause, recordAfter, type ReleaseEvent, servedBefore } from "../../../cli/store/record.ts";
import {
  type ImageFacts,
  type PauseEnd,
  type PauseRecord,
  type ReleaseRecord,
  stages,
} from "../../../cli/state/model.ts";
import { begun, record } from "./facts.ts";

const minute = (n: number): string => new Date(Date.parse(record.startedAt) + n * 60_000).toISOString();
const after = (...events: ReleaseEvent[]): ReleaseRecord => events.reduce(recordAfter, record);

test("a record begins with its time", () => {
  const now = new Date("2026-11-21T10:00:00Z");
  const { id, ...rest } = newRecord(begun, now);
  expect(id).toMatch(/^2026-11-21T10:00:00\.000Z-[0-9a-f]{4}$/);
  expect(rest).toEqual({
    ...begun,
    startedAt: "2026-11-21T10:00:00.000Z",
    stage: "stage",
    outcome: "running",
    weights: [],
    checks: [],
  });
});

test.each([
  ["two minutes behind", "2026-11-21T09:58:00.000Z", "2026-11-21T10:00:00.001Z"],
  ["in the same millisecond", "2026-11-21T10:00:00.000Z", "2026-11-21T10:00:00.001Z"],
  ["ahead", "2026-11-21T10:02:00.000Z", "2026-11-21T10:02:00.000Z"],
])("given a host whose clock is %s, a record sorts after the newest one", (_, now, startedAt) => {
  const next = newRecord(begun, new Date(now), record);
  expect(next.startedAt).toBe(startedAt);
  expect(next.id > record.id).toBe(true);
});

const weights = (n: number, green: number): ReleaseEvent => ({
  kind: "weights",
  at: minute(n),
  blue: 100 - green,
  green,
});
const check = { at: minute(1), name: "ready", ok: true, detail: "200" };

test.each<[string, ReleaseEvent[], Partial<ReleaseRecord>]>([
  [
    "weights are kept in their order",
    [weights(1, 10), weights(2, 100)],
    {
      weights: [
        { at: minute(1), blue: 90, green: 10 },
        { at: minute(2), blue: 0, green: 100 },
      ],
    },
  ],
  [
    "weights that are seen again add nothing",
    [weights(1, 10), weights(2, 10)],
    { weights: [{ at: minute(1), blue: 90, green: 10 }] },
  ],
  [
    "weights of a clock that went back count as no earlier than the last",
    [weights(5, 10), weights(3, 20)],
    {
      weights: [
        { at: minute(5), blue: 90, green: 10 },
        { at: minute(5), blue: 80, green: 20 },
      ],
    },
  ],
  [
    "nothing is earlier than the start",
    [weights(-1, 10)],
    { weights: [{ at: record.startedAt, blue: 90, green: 10 }] },
  ],
  [
    "checks are all kept",
    [
      { kind: "check", check },
      { kind: "check", check },
    ],
    { checks: [check, check] },
  ],
  [
    "a check's long detail is cut",
    [{ kind: "check", check: { ...check, detail: "x".repeat(501) } }],
    { checks: [{ ...check, detail: `${"x".repeat(499)}…` }] },
  ],
  ["a stage begins", [{ kind: "stage", stage: "bake" }], { stage: "bake" }],
  [
    "a rollback says why, and its end keeps that",
    [
      { kind: "stage", stage: "rollback", why: "5xx share 8 %" },
      { kind: "ended", at: minute(2), outcome: "rolled-back" },
    ],
    { stage: "rollback", why: "5xx share 8 %", outcome: "rolled-back", endedAt: minute(2) },
  ],
  [
    "an end may say more",
    [
      { kind: "stage", stage: "rollback", why: "5xx share 8 %" },
      { kind: "ended", at: minute(2), outcome: "rolled-back", why: "and slow" },
    ],
    { stage: "rollback", why: "and slow", outcome: "rolled-back", endedAt: minute(2) },
  ],
  [
    "it serves since the first time",
    [
      { kind: "serves", at: minute(2) },
      { kind: "serves", at: minute(3) },
    ],
    { servesSince: minute(2) },
  ],
  [
    "it ends no earlier than what came before",
    [
      { kind: "serves", at: minute(4) },
      { kind: "ended", at: minute(3), outcome: "released" },
    ],
    { servesSince: minute(4), endedAt: minute(4), outcome: "released" },
  ],
  [
    "nothing changes what has ended",
    [
      { kind: "ended", at: minute(1), outcome: "superseded", why: "v3" },
      weights(2, 50),
      { kind: "check", check },
      { kind: "stage", stage: "retire" },
      { kind: "serves", at: minute(2) },
      { kind: "ended", at: minute(3), outcome: "released", why: "late" },
    ],
    { endedAt: minute(1), outcome: "superseded", why: "v3" },
  ],
])("%s", (_, events, changed) => expect(after(...events)).toEqual({ ...record, ...changed }));

test("given reasons and details without end and with escape sequences, then the record stays far below 400 KB, readable", () => {
  const hostile = `\u001b[2J${"v".repeat(500_000)}\nNext: bluegreen retire`;
  const kept = after(
    { kind: "check", check: { ...check, detail: hostile } },
    { kind: "stage", stage: "check", why: hostile },
    { kind: "ended", at: minute(2), outcome: "rolled-back", why: hostile },
  );
  expect(JSON.stringify(kept).length).toBeLessThan(4_000);
  for (const text of [kept.why, kept.checks[0].detail]) expect(text).toMatch(/^\?\[2Jv{400,}…$/);
});

test("any events: times never go back, an end is the end, and what is kept stays", () => {
  const at = fc.integer({ min: -5, max: 60 }).map(minute);
  const percent = fc.integer({ min: 0, max: 100 });
  const event = fc.oneof(
    { weight: 5, arbitrary: fc.tuple(at, percent).map(([time, green]) => ({ ...weights(0, green), at: time })) },
    fc.constant<ReleaseEvent>({ kind: "check", check }),
    fc.constantFrom(...stages).map((stage): ReleaseEvent => ({ kind: "stage", stage })),
    at.map((time): ReleaseEvent => ({ kind: "serves", at: time })),
    fc
      .tuple(at, fc.constantFrom("released", "rolled-back", "superseded"))
      .map(([time, outcome]): ReleaseEvent => ({ kind: "ended", at: time, outcome })),
  );
  fc.assert(
    fc.property(fc.array(event), (events) => {
      let now = record;
      for (const next of events) {
        const grown = recordAfter(now, next);
        if (now.outcome !== "running") expect(grown).toBe(now);
        expect(grown.weights.slice(0, now.weights.length)).toEqual(now.weights);
        expect(grown.checks.slice(0, now.checks.length)).toEqual(now.checks);
        expect(grown.servesSince).toBe(now.servesSince ?? grown.servesSince);
        now = grown;
      }
      const times = [now.startedAt, ...now.weights.map(({ at: time }) => time)];
      expect(times).toEqual([...times].sort());
      if (now.endedAt) expect(now.endedAt >= times.at(-1)! && now.endedAt >= (now.servesSince ?? "")).toBe(true);
      expect(now.outcome === "running").toBe(now.endedAt === undefined);
    }),
  );
});

describe("served before", () => {
  const of = (outcome: ReleaseRecord["outcome"], image: Partial<ImageFacts> = {}): ReleaseRecord => ({
    ...record,
    outcome,
    image: { ...record.image, ...image },
  });
  const rolledBack = {
    ...of("rolled-back"),
    weights: [{ at: record.startedAt, blue: 0, green: 0, [record.color]: 100 }],
  };

  test.each<[string, ReleaseRecord[], ImageFacts, boolean]>([
    ["nothing was released", [], begun.image, false],
    ["the same image", [of("released")], begun.image, true],
    ["the same image without tags", [of("released")], { imageId: "ami-0b" }, true],
    [
      "any of several, where the newest never had traffic",
      [of("rolled-back"), of("released"), of("running")],
      begun.image,
      true,
    ],
    ["released, and rolled back after that", [rolledBack, of("released")], begun.image, false],
    ["rolled back, and released after that", [of("released"), rolledBack], begun.image, true],
    ["still running", [of("running")], begun.image, false],
    ["taken back", [of("rolled-back")], begun.image, false],
    ["given up", [of("superseded")], begun.image, false],
    ["another image", [of("released")], { imageId: "ami-ff" }, false],
  ])("%s", (_, records, image, served) => {
    expect(servedBefore(records, ({ imageId }) => imageId === image.imageId)).toBe(served);
  });
});

describe("a release that waits for people", () => {
  const pause: PauseRecord = {
    after: "check",
    since: minute(1),
    until: minute(61),
    then: "rollback",
    request: { strategy: "all-at-once", bakeSeconds: 600, previewSize: 0, until: "ended" },
  };
  const end: PauseEnd = { how: "continued", at: minute(5), by: "ann@laptop", why: "the checks are well" };
  const paused: ReleaseEvent = { kind: "paused", pause };
  const resumed: ReleaseEvent = { kind: "resumed", end };

  test("given a pause, then it is open until somebody ends it, and who that was is kept", () => {
    expect(openPause(after(paused))).toEqual(pause);
    expect(openPause(after(paused, resumed))).toBeUndefined();
    expect(after(paused, resumed).pauses).toEqual([{ ...pause, ended: end }]);
  });

  test("given a pause is open, when another one is written, then the first stands: a run that was cut off writes it again", () =>
    expect(after(paused, { kind: "paused", pause: { ...pause, until: minute(99) } }).pauses).toEqual([pause]));

  test("given none is open, when one is ended, then nothing changes", () => {
    expect(after(resumed)).toBe(record);
    expect(
      after(paused, resumed, { kind: "resumed", end: { ...end, by: "bob@laptop" } }).pauses?.at(-1)?.ended,
    ).toEqual(end);
  });

  test("given a release has ended, then it waits for nobody", () =>
    expect(openPause(after(paused, { kind: "ended", at: minute(9), outcome: "superseded" }))).toBeUndefined());

  test("given a reason that would forge a line, then it is one line", () =>
    expect(
      after(paused, { kind: "resumed", end: { ...end, why: "well\nroot: released" } }).pauses?.at(-1)?.ended?.why,
    ).toBe("well root: released"));
});

test("given it goes on in a freeze, then each reason is kept once", () => {
  const override = { at: minute(1), by: "ann@laptop", why: "a hole", reason: "Christmas", until: minute(9999) };
  const event: ReleaseEvent = { kind: "freeze", override };
  expect(after(event, event).duringFreeze).toEqual([override]);
});
