import type { RolloutContext } from "../../../cli/rollout/context.ts";
import { abortStaging, ensureRecord, requireFit, stage } from "../../../cli/rollout/stage.ts";
import type { LiveState, ReleaseRecord } from "../../../cli/state/model.ts";
import { fleet, record, settled, v1, v2, weights, world } from "../worlds.ts";

const v3 = { ...v2, imageId: "ami-00000000000000003", version: "v3.0.0" };
const greenServes: Partial<LiveState> = { weights: weights(0, 100), settings: settled({ activeColor: "green" }) };

/** A rollout over one stack that notes what it is told to do. */
function rolloutOf(change: Partial<LiveState> = {}, { restorable = true, minSize = 2, maxSize = 4 } = {}) {
  const done: unknown[] = [];
  const rollout = {
    world: world(change),
    record: change.record,
    session: {
      settings: { minSize, maxSize },
      holder: { by: "alice@desk" },
      ui: { step: <T>(_: string, __: string, run: (tell: object) => Promise<T>) => run({}) },
    },
    change: (settings: object) => Promise.resolve(void done.push(settings)),
    note: (event: { kind: string; at?: string; outcome?: ReleaseRecord["outcome"] }) => {
      const { at, ...rest } = event;
      if (at !== undefined) expect(Number.isNaN(Date.parse(at))).toBe(false);
      if (event.outcome && rollout.record) rollout.record = { ...rollout.record, outcome: event.outcome };
      return Promise.resolve(void done.push(rest));
    },
    begin: (begun: object) => Promise.resolve(void done.push({ kind: "begin", ...begun })),
    restore: (color: string) => Promise.resolve((done.push({ kind: "restore", color }), restorable)),
    notify: (notice: object) => Promise.resolve(void done.push({ notice })),
  };
  return { done, context: rollout as unknown as RolloutContext };
}

describe("staging", () => {
  const staged = async (change: Partial<LiveState>, previewSize = 0, bounds = {}) => {
    const { done, context } = rolloutOf(change, bounds);
    await stage(context, v3, previewSize);
    return done;
  };
  const blue = (desired: number): Partial<LiveState> => ({
    fleets: { blue: fleet("blue", { desired }), green: fleet("green") },
  });

  test.each<[string, number, number]>([
    ["as many as serve really", 3, 3],
    ["no fewer than the settings' least", 1, 2],
    ["no more than the settings' most: a lowered maxSize would refuse every release", 9, 4],
  ])("pins both fleets to %s", async (_, desired, capacityFloor) =>
    expect(await staged(blue(desired))).toEqual([
      { standby: "warm", greenAmi: v3.imageId, capacityFloor, previewSize: 0 },
    ]),
  );

  test("gives the image to the colour that does not serve, and as few instances as are to be tried", async () =>
    expect(await staged(greenServes, 1)).toEqual([
      { standby: "warm", blueAmi: v3.imageId, capacityFloor: 2, previewSize: 1 },
    ]));
});

describe("the record of a release", () => {
  const ensured = async (change: Partial<LiveState>) => {
    const { done, context } = rolloutOf(change);
    await ensureRecord(context, v2);
    return done;
  };
  const beginsWith = { kind: "weights", blue: 100, green: 0 };
  const begun = { kind: "begin", color: "green", image: v2, from: { color: "blue", image: v1 } };

  test("begins with the first step, and with the weights of then", async () =>
    expect(await ensured({})).toEqual([begun, beginsWith]));
  test("goes on with a later run", async () => expect(await ensured({ record: record() })).toEqual([beginsWith]));
  test("begins anew after one that has ended", async () =>
    expect(await ensured({ record: record({ outcome: "rolled-back" }) })).toEqual([begun, beginsWith]));
  test("of another image that never got to its end has ended with that", async () =>
    expect(await ensured({ record: record({ image: v3 }) })).toEqual([
      { kind: "ended", outcome: "superseded", why: "v2.0.0 is released instead" },
      begun,
      beginsWith,
    ]));
  test("of another image that has ended stays as it is", async () =>
    expect(await ensured({ record: record({ image: v3, outcome: "released" }) })).toEqual([begun, beginsWith]));
});

describe("a staging that is given up", () => {
  const ended = [
    { kind: "ended", outcome: "rolled-back", why: "ill" },
    { notice: { kind: "rolled-back", color: "green", image: v2, why: "ill" } },
  ];
  const begins = { kind: "stage", stage: "rollback", why: "ill" };
  const off = { standby: "off", standbyWeight: 0, capacityFloor: 0, previewSize: 0 };
  const aborted = async (image: typeof v1, restorable = true) => {
    const holds = { blue: fleet("blue"), green: fleet("green", { image }) };
    const { done, context } = rolloutOf({ fleets: holds }, { restorable });
    await abortStaging(context, v2, "ill");
    return done;
  };

  test("given the image before it, then the standby gets that again: a rollback may need it", async () =>
    expect(await aborted(v1)).toEqual([begins, { kind: "restore", color: "green" }, ...ended]));
  test("given that it does not come back, then the standby goes off", async () =>
    expect(await aborted(v1, false)).toEqual([begins, { kind: "restore", color: "green" }, off, ...ended]));
  test("given that the state has the bad image already, then the standby goes off", async () =>
    expect(await aborted(v2)).toEqual([begins, off, ...ended]));
});

test("fails for an image with faults before anything is asked, and names all of them", async () => {
  const nameless = { imageId: "ami-1" };
  await expect(requireFit(rolloutOf().context, nameless)).rejects.toMatchObject({
    code: "refused",
    message: expect.stringMatching(/tag Version.*\. ami-1 has no tag GossReport/) as string,
  });
});
