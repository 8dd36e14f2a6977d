import type { LiveState, PauseRecord } from "../../../cli/state/model.ts";
import { renderStatus } from "../../../cli/status/render.ts";
import { statusReport } from "../../../cli/status/report.ts";
import { before, fleet, lock, now, off, record, settings, settled, v1, v2, weights, world } from "../worlds.ts";

const report = (change: Partial<LiveState>) => statusReport(world(change), { now, standbyHours: 24 });

/** Green serves v2 after its release, blue stands by. */
const released: Partial<LiveState> = {
  weights: weights(0, 100),
  settings: settled({ activeColor: "green" }),
  record: record({
    outcome: "released",
    weights: [
      { at: before(200), blue: 90, green: 10 },
      { at: before(150), blue: 50, green: 50 },
      { at: before(100), blue: 0, green: 100 },
    ],
  }),
};

describe("whether a rollback is ready", () => {
  test.each<[string, Partial<LiveState>, object]>([
    ["after a release", released, { ready: true, to: "blue" }],
    ["of a canary: to the colour beside it", { weights: weights(90, 10) }, { ready: true, to: "blue" }],
    [
      "of a canary that has grown larger than what gave it its share, as the gate sees it",
      {
        weights: weights(90, 10),
        fleets: { blue: fleet("blue", { healthy: 1, staleTargets: ["i-1"] }), green: fleet("green") },
      },
      { ready: true, to: "blue" },
    ],
    [
      "of a canary when nothing of what gave it its share is healthy",
      { weights: weights(90, 10), fleets: { blue: fleet("blue", { healthy: 0 }), green: fleet("green") } },
      { ready: false, to: "blue", reason: "blue has 0 healthy targets and needs 1 for 100 % of the requests" },
    ],
    [
      "with the standby off",
      { ...released, fleets: { blue: off("blue"), green: fleet("green") } },
      { ready: false, to: "blue", reason: "blue is off (standby: off)" },
    ],
    [
      "with the same image on both",
      { ...released, fleets: { blue: fleet("blue", { image: v2 }), green: fleet("green") } },
      { ready: false, to: "blue", reason: "blue runs the same image as green" },
    ],
    [
      "with too few healthy targets, and some of an earlier fleet",
      { ...released, fleets: { blue: fleet("blue", { healthy: 1, staleTargets: ["i-1"] }), green: fleet("green") } },
      {
        ready: false,
        to: "blue",
        reason:
          "blue has 1 healthy targets and needs 2 for 100 % of the requests; blue's target group also holds i-1, which its group does not have",
      },
    ],
    [
      "given what serves has targets that fail or are a stranger's: those that are healthy there count",
      {
        ...released,
        fleets: { blue: fleet("blue"), green: fleet("green", { registered: 5, healthy: 2, staleTargets: ["i-9"] }) },
      },
      { ready: true, to: "blue" },
    ],
    [
      "given nothing that serves is healthy, one healthy target",
      { ...released, fleets: { blue: fleet("blue", { healthy: 1 }), green: fleet("green", { healthy: 0 }) } },
      { ready: true, to: "blue" },
    ],
    [
      "with nothing healthy, also where nothing is asked for",
      {
        ...released,
        fleets: { blue: fleet("blue", { healthy: 0 }), green: fleet("green", { registered: 0, healthy: 0 }) },
      },
      { ready: false, to: "blue", reason: "blue has 0 healthy targets and needs 1 for 100 % of the requests" },
    ],
    [
      "after traffic was moved by hand",
      { ...released, weights: { live: { blue: 0, green: 100 }, recorded: { blue: 100, green: 0 } } },
      {
        ready: false,
        to: "blue",
        reason:
          "the live weights are blue 0 %, green 100 %, the state says blue 100 %, green 0 %: somebody moved traffic by hand",
      },
    ],
    [
      "while the new image has no traffic",
      { record: record() },
      { ready: false, to: "green", reason: "green holds v2.0.0, which has no traffic yet" },
    ],
    [
      "to what was rolled back",
      { record: record({ outcome: "rolled-back" }) },
      { ready: false, to: "green", reason: "green holds v2.0.0, which was rolled back" },
    ],
    [
      "given a later release that was refused, to what was rolled back before it",
      {
        record: record({ outcome: "superseded", image: { imageId: "ami-00000000000000003" } }),
        earlier: [record({ outcome: "rolled-back" })],
      },
      { ready: false, to: "green", reason: "green holds v2.0.0, which was rolled back" },
    ],
    [
      "to what was staged, and given up for another release",
      { record: record({ outcome: "superseded" }) },
      { ready: false, to: "green", reason: "green holds v2.0.0, which was staged and never served" },
    ],
    [
      "to what was given up for another release, and had served before",
      { record: record({ outcome: "superseded", servesSince: before(90) }) },
      { ready: true, to: "green" },
    ],
    [
      "to an image that was rolled back on the other colour alone",
      { record: record({ outcome: "rolled-back", color: "blue", from: { color: "green", image: v1 } }) },
      { ready: true, to: "green" },
    ],
    [
      "to an image that came later than what was rolled back",
      { record: record({ outcome: "rolled-back", image: { imageId: "ami-00000000000000003" } }) },
      { ready: true, to: "green" },
    ],
    [
      "while nobody serves",
      { weights: weights(0, 0) },
      { ready: false, reason: "the listener sends requests to neither colour" },
    ],
  ])("%s", (_, change, expected) => expect(report(change).rollback).toEqual(expected));
});

describe("since when it serves", () => {
  test.each<[string, Partial<LiveState>, string | undefined]>([
    ["is when its weight became 100 for good", released, before(100)],
    [
      "for the old colour: when the release went back",
      {
        record: record({
          outcome: "rolled-back",
          weights: [
            { at: before(200), blue: 90, green: 10 },
            { at: before(60), blue: 100, green: 0 },
          ],
        }),
      },
      before(60),
    ],
    [
      "is the record's word where it noted no weights",
      { ...released, record: record({ outcome: "released", servesSince: before(90) }) },
      before(90),
    ],
    [
      "is not known of the colour that a release without weights was to replace",
      { record: record({ outcome: "rolled-back", servesSince: before(90) }) },
      undefined,
    ],
    ["is not known while it shares", { ...released, weights: weights(10, 90) }, undefined],
    ["is not known without a record", { ...released, record: undefined }, undefined],
    [
      "is not known of an image that no release brought",
      { ...released, fleets: { blue: fleet("blue"), green: fleet("green", { image: v1 }) } },
      undefined,
    ],
    [
      "is not known when another update came after the release",
      { record: record({ outcome: "released", weights: [{ at: before(100), blue: 0, green: 100 }] }) },
      undefined,
    ],
  ])("%s", (_, change, expected) => expect(report(change).serving?.since).toBe(expected));
});

describe("differences", () => {
  const differ = (deployed: object, file: object): Partial<LiveState> => ({
    settings: { deployed: settings(deployed), file: settings(file) },
  });
  test.each<[string, Partial<LiveState>, string[]]>([
    ["none", {}, []],
    [
      "what the listener sends elsewhere",
      { foreign: ["43 % to target group legacy"] },
      ["foreign: the listener also sends 43 % to target group legacy, which this stack does not declare"],
    ],
    [
      "each setting that the file has otherwise",
      differ(
        {},
        {
          activeColor: "green",
          greenAmi: v1.imageId,
          standby: "off",
          standbyWeight: 5,
          capacityFloor: 3,
          previewSize: 1,
        },
      ),
      [
        "settings: Pulumi.dev.yaml has activeColor green, the last update blue",
        "settings: Pulumi.dev.yaml has greenAmi ami-00000000000000001, the last update ami-00000000000000002",
        "settings: Pulumi.dev.yaml has standby off, the last update warm",
        "settings: Pulumi.dev.yaml has standbyWeight 5, the last update 0",
        "settings: Pulumi.dev.yaml has capacityFloor 3, the last update 0",
        "settings: Pulumi.dev.yaml has previewSize 1, the last update 0",
      ],
    ],
    [
      "no image means the other's",
      {
        ...differ({ greenAmi: v1.imageId }, { greenAmi: undefined }),
        fleets: { blue: fleet("blue"), green: fleet("green", { image: v1 }) },
      },
      [],
    ],
    [
      "no image at all in the file",
      differ({}, { blueAmi: undefined, greenAmi: undefined }),
      [
        "settings: Pulumi.dev.yaml has blueAmi not set, the last update ami-00000000000000001",
        "settings: Pulumi.dev.yaml has greenAmi not set, the last update ami-00000000000000002",
      ],
    ],
    [
      "weights",
      { weights: { live: { blue: 50, green: 50 }, recorded: { blue: 100, green: 0 } } },
      ["weights: the listener sends blue 50 %, green 50 %, the state says blue 100 %, green 0 %"],
    ],
    [
      "the weight of one colour alone: the rest goes elsewhere",
      { weights: { live: { blue: 57, green: 0 }, recorded: { blue: 100, green: 0 } } },
      ["weights: the listener sends blue 57 %, green 0 %, the state says blue 100 %, green 0 %"],
    ],
    ["fleets that are just as large as their floor", { settings: settled({ capacityFloor: 2 }) }, []],
    [
      "a standby that should be off, and is not",
      { settings: settled({ standby: "off" }) },
      ["capacity: green's group has 2-4 instances, the state says it is off"],
    ],
    [
      "fleets that should be on, and are off",
      { fleets: { blue: off("blue"), green: off("green") } },
      [
        "capacity: blue's group has 0-0 instances, the state says it is on",
        "capacity: green's group has 0-0 instances, the state says it is on",
      ],
    ],
    [
      "fleets below their floor; of the standby, a preview's size is the floor",
      { settings: settled({ capacityFloor: 3, previewSize: 1 }) },
      ["capacity: blue's group has 2-4 instances, the state says at least 3"],
    ],
    [
      "fleets below a floor that no preview lowers",
      { settings: settled({ capacityFloor: 3 }) },
      [
        "capacity: blue's group has 2-4 instances, the state says at least 3",
        "capacity: green's group has 2-4 instances, the state says at least 3",
      ],
    ],
    ["no image where the state names none", { settings: settled({ blueAmi: undefined, greenAmi: undefined }) }, []],
    [
      "an image",
      { fleets: { blue: fleet("blue"), green: fleet("green", { image: v1 }) } },
      ["image: green runs ami-00000000000000001, the state says ami-00000000000000002"],
    ],
  ])("%s", (_, change, expected) =>
    expect(report(change).differences.map(({ kind, text }) => `${kind}: ${text}`)).toEqual(expected),
  );
});

describe("a lock", () => {
  test.each([
    ["counts", now + 1, false],
    ["has run out", now, true],
  ])("%s", (_, expires, expired) =>
    expect(report({ lock: lock({ expires }) }).lock).toEqual({
      by: "alice@desk",
      doing: "release v2.0.0",
      since: before(300),
      expired,
    }),
  );
});

it("tells nobody who serves where the listener sends requests to neither colour", () =>
  expect(report({ weights: weights(0, 0) }).serving).toBeUndefined());

it("tells a release only while it is under way", () => {
  const of = (outcome: "running" | "released") => report({ record: record({ outcome, stage: "bake" }) }).release;
  expect(of("running")).toEqual({ color: "green", image: v2, stage: "bake", since: before(300), by: "alice@desk" });
  expect(of("released")).toBeUndefined();
});

describe("a release that waits for people", () => {
  test("given its canary has requests, then a rollback needs a fleet that can take them", () => {
    const canary = { weights: weights(90, 10), fleets: { blue: fleet("blue", { healthy: 0 }), green: fleet("green") } };
    expect(report({ ...canary, record: record({ pauses: [pause] }) }).rollback).toMatchObject({
      ready: false,
      to: "blue",
    });
  });

  const pause: PauseRecord = {
    after: "10%",
    since: before(60),
    until: new Date(now + 60_000).toISOString(),
    then: "rollback",
    request: { strategy: "canary=10%,1m", bakeSeconds: 0, previewSize: 0, until: "ended" },
  };
  const { after, since, until, then } = pause;
  const shown = (change: Partial<LiveState>) => report({ record: record({ pauses: [pause] }), ...change }).pause;

  test("is shown with the commands that end it", () =>
    expect(shown({})).toEqual({
      after,
      since,
      until,
      then,
      expired: false,
      commands: { continue: "bluegreen continue --stack dev", rollback: "bluegreen rollback --stack dev" },
    }));

  test("given its time is over by AWS's clock, then status says so, and which command does what was declared", () => {
    expect(shown({ awsTime: now + 60_000 })).toMatchObject({
      expired: true,
      commands: { continue: "bluegreen continue --expired --stack dev" },
    });
    expect(shown({ at: now + 60_000 })?.expired).toBe(false);
  });

  test("given somebody has ended it, then none is shown", () => {
    const ended = { how: "continued", at: before(1), by: "ann@laptop" } as const;
    expect(report({ record: record({ pauses: [{ ...pause, ended }] }) }).pause).toBeUndefined();
  });

  test("given it has had no request yet, then a rollback is ready: it takes the image off, and what serves stays", () => {
    const green = fleet("green", { capacity: { minSize: 2, maxSize: 4 } });
    const staged = { fleets: { blue: fleet("blue"), green }, record: record({ pauses: [pause] }) };
    expect(report(staged).rollback).toEqual({ ready: true, to: "blue" });
    const ended = { how: "continued", at: before(1), by: "ann@laptop" } as const;
    expect(report({ ...staged, record: record({ pauses: [{ ...pause, ended }] }) }).rollback).toMatchObject({
      ready: false,
    });
  });

  test("is a row for people", () => {
    const text = renderStatus(report({ record: record({ pauses: [pause] }) }), { color: false, width: 140 });
    expect(text.replace(/\s+/g, " ")).toContain(
      `Paused after its canary of 10 %, since 2026-11-21 14:04 UTC (1 min), until ${pause.until}, then rollback. Go on: bluegreen continue --stack dev; back: bluegreen rollback --stack dev`,
    );
  });
});

it("travels as JSON without loss", () => {
  const drift = { dangerous: 1, other: 0, expected: 0 };
  const options = { now, standbyHours: 24, drift };
  const full = statusReport(world({ ...released, lock: lock(), pending: ["urn"] }), options);
  expect(JSON.parse(JSON.stringify(full))).toEqual(full);
});
