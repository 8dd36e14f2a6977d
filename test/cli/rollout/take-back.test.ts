import type { Color } from "../../../deployment/model.ts";
import type { ReleaseRecord, ReleaseSettings, LiveState } from "../../../cli/state/model.ts";
import { CliError } from "../../../cli/error.ts";
import type { RolloutContext } from "../../../cli/rollout/context.ts";
import { RollbackRequired } from "../../../cli/rollout/hooks.ts";
import type { Next } from "../../../cli/rollout/next.ts";
import { notifyOfOutcome } from "../../../cli/rollout/outcome.ts";
import { decideRollback } from "../../../cli/rollout/release.ts";
import { rollBack, hasGoneBack } from "../../../cli/rollout/traffic.ts";
import { fleet, off, record, settled, v1, v2, weights, world } from "../worlds.ts";

jest.mock("node:timers/promises", () => ({ setTimeout: () => Promise.resolve() }));

interface Change {
  readonly change: Partial<ReleaseSettings>;
  readonly override?: string;
}

/** A rollout context over one stack: updates move the listener as they say, and all else is noted. */
class FakeRollout {
  readonly done: string[] = [];
  readonly changes: Change[] = [];
  record: ReleaseRecord | undefined;
  tookOver = false;
  restorable = true;
  /** What the listener says at each later look; empty: what it was told. */
  readonly looks: LiveState["weights"]["live"][] = [];
  /** What a late call has made of the listener when each update looks at it; empty: nothing. */
  readonly late: LiveState["weights"]["live"][] = [];
  world: LiveState;

  constructor(change: Partial<LiveState>) {
    this.world = world(change);
    this.record = this.world.record;
  }

  readonly session = {
    signal: new AbortController().signal,
    settings: { minSize: 2, maxSize: 4 },
    holder: { by: "alice@desk" },
    ui: {
      say: () => undefined,
      step: <T>(_: string, __: string, run: (tell: object) => Promise<T>) => run({ now: () => 0, keep: () => 0 }),
    },
  };

  note = (event: { kind: string; outcome?: string; why?: string }) => {
    this.done.push(`${event.kind} ${event.outcome ?? ""}`.trim());
    if (event.kind === "ended" && this.record) this.record = { ...this.record, outcome: event.outcome as "superseded" };
    return Promise.resolve();
  };
  tryNote = this.note;
  begin = (begun: Pick<ReleaseRecord, "color" | "image" | "from">) => {
    this.done.push(`begin ${begun.color} ${begun.image.version}`);
    this.record = { ...record(), ...begun };
    return Promise.resolve();
  };
  notify = ({ kind }: { kind: string }) => Promise.resolve(void this.done.push(`notice ${kind}`));
  restore = (color: string) => Promise.resolve((this.done.push(`restore ${color}`), this.restorable));
  recover = () => Promise.resolve(void this.done.push("recover"));
  look = () => {
    const live = this.looks.shift();
    if (live) this.world = { ...this.world, weights: { ...this.world.weights, live } };
    return Promise.resolve(this.world);
  };
  /** Why each update fails; undefined: it goes through. */
  fails: Error | undefined;
  /** Why traffic may go to a revoked image, by each update. */
  readonly revoked: (string | undefined)[] = [];
  change = (
    change: Partial<ReleaseSettings>,
    _: unknown,
    { override, revoked }: { override?: string; revoked?: string } = {},
  ) => {
    if (this.fails) return Promise.reject(this.fails);
    this.revoked.push(revoked);
    this.changes.push({ change, override });
    const { activeColor = this.world.settings.deployed.activeColor, standbyWeight = 0 } = change;
    const live = { blue: standbyWeight, green: standbyWeight, [activeColor]: 100 - standbyWeight };
    this.world = { ...this.world, weights: { live: this.late.shift() ?? live, recorded: live } };
    return Promise.resolve(["app-listener"]);
  };
}

const asRollout = (rollout: FakeRollout) => rollout as unknown as RolloutContext;
const notReady = (color: Color) =>
  new CliError("failed", `${color} has 1 of 2 healthy targets.`, [{ code: "fleet-not-ready", color }]);
const taken = (rollout: FakeRollout, error: unknown, step: Next["kind"], image = v2) =>
  decideRollback(asRollout(rollout), image, error, step).catch((end: unknown) => end);

const greenServes = { weights: weights(0, 100), settings: settled({ activeColor: "green" }) };
const leftChanged = (templateImage: string) => ({ blue: fleet("blue", { templateImage }), green: fleet("green") });
const halfStaged = fleet("green", { image: v1 });

describe("an update that fails because a fleet is not ready", () => {
  test.each<Next["kind"]>(["retire", "shift", "flip", "bake"])(
    "given all traffic on the new colour, when it comes in the step %s, then traffic stays and the error passes",
    async (step) => {
      const rollout = new FakeRollout({ ...greenServes, record: record({ outcome: "released" }) });
      const error = notReady("green");
      expect(await taken(rollout, error, step)).toBe(error);
      expect([rollout.changes, rollout.done]).toEqual([[], []]);
    },
  );

  test("given a staging, when the serving fleet is the one that is not ready, then it says nothing of the image", async () => {
    const rollout = new FakeRollout({ fleets: { blue: fleet("blue"), green: halfStaged }, record: record() });
    const error = notReady("blue");
    expect(await taken(rollout, error, "stage")).toBe(error);
    expect([rollout.changes, rollout.done]).toEqual([[], []]);
  });

  test("given a warm standby with an image of its own, when the staging over it fails, then it is put back as it was", async () => {
    const rollout = new FakeRollout({ fleets: { blue: fleet("blue"), green: halfStaged }, record: record() });
    expect(await taken(rollout, notReady("green"), "stage")).toMatchObject({ code: "rolledBack" });
    expect(rollout.done).toEqual(["stage", "restore green", "ended rolled-back", "notice rolled-back"]);
    expect(rollout.changes).toEqual([]);
  });

  test("given a standby that does not come back, when the staging over it fails, then it goes off", async () => {
    const rollout = new FakeRollout({ fleets: { blue: fleet("blue"), green: halfStaged }, record: record() });
    rollout.restorable = false;
    await taken(rollout, notReady("green"), "stage");
    expect(rollout.changes.map(({ change }) => change)).toEqual([expect.objectContaining({ standby: "off" })]);
  });
});

describe("people who must act", () => {
  const stopped = (rollout: FakeRollout, error: unknown) =>
    notifyOfOutcome(asRollout(rollout), () => Promise.reject(error as Error)).catch((end: unknown) => end);

  test.each<[string, unknown, string[]]>([
    ["an update that failed", new CliError("failed", "no luck"), ["notice failed"]],
    ["an error of AWS's", new Error("ExpiredToken"), ["notice failed"]],
    ["somebody's decision that is needed", new CliError("refused", "the traffic is split"), ["notice waiting"]],
    ["a release that went back and told so", new CliError("rolledBack", "errors"), []],
  ])("given a release under way, when it stops at %s, then they are told once", async (_, error, told) => {
    const rollout = new FakeRollout({ record: record() });
    expect(await stopped(rollout, error)).toBe(error);
    expect(rollout.done).toEqual(told);
  });

  test("given no release under way, when a command is refused, then no notice is sent: nothing has begun", async () => {
    const rollout = new FakeRollout({ record: record({ outcome: "released" }) });
    await stopped(rollout, new CliError("refused", "no such image"));
    expect(rollout.done).toEqual([]);
  });

  test("given Ctrl-C, then no notice is sent: the person who pressed it knows", async () => {
    const rollout = new FakeRollout({ record: record() });
    rollout.session.signal = AbortSignal.abort();
    await stopped(rollout, new CliError("interrupted", "interrupted"));
    expect(rollout.done).toEqual([]);
  });
});

describe("a rollback of a release's own", () => {
  test("given a bake that fails, when the other colour holds what the release came from, then it goes there", async () => {
    const rollout = new FakeRollout({ ...greenServes, record: record() });
    expect(await taken(rollout, new RollbackRequired("5 % failed"), "bake")).toMatchObject({ code: "rolledBack" });
    expect(rollout.world.weights.live).toEqual({ blue: 100, green: 0 });
    expect(rollout.done).toEqual(["stage", "ended rolled-back", "notice rolled-back"]);
  });

  test("given a bake that fails, when the other colour holds another image, then no traffic goes to an unchecked image", async () => {
    const other = { ...v1, imageId: "ami-00000000000000009", version: "v9.0.0" };
    const rollout = new FakeRollout({
      ...greenServes,
      fleets: { blue: fleet("blue", { image: other }), green: fleet("green") },
      record: record(),
    });
    expect(await taken(rollout, new RollbackRequired("5 % failed"), "bake")).toMatchObject({
      code: "refused",
      message: expect.stringMatching(/blue holds v9\.0\.0, which is not what it came from/) as string,
    });
    expect([rollout.changes, rollout.done]).toEqual([[], []]);
  });
});

describe("a rollback", () => {
  test("tells the update that moves traffic why, should its image be revoked", async () => {
    const rollout = new FakeRollout({ ...greenServes, record: record() });
    await rollBack(asRollout(rollout), "blue", "orders get lost");
    expect(rollout.revoked).toEqual(["orders get lost"]);
  });

  const backTo = (rollout: FakeRollout) => rollBack(asRollout(rollout), "blue", "errors");

  test("given the record of another release, when it goes back, then that one is superseded and this has its own", async () => {
    const refused = { ...v2, imageId: "ami-00000000000000003", version: "v3.0.0" };
    const rollout = new FakeRollout({ ...greenServes, record: record({ color: "blue", image: refused }) });
    await backTo(rollout);
    expect(rollout.done).toEqual([
      ...["ended superseded", "begin green v2.0.0", "stage", "ended rolled-back", "notice rolled-back"],
    ]);
  });

  test("given a launch template that a failed update left changed, then its own image comes back before any traffic moves", async () => {
    const rollout = new FakeRollout({ ...greenServes, fleets: leftChanged("ami-left") });
    await backTo(rollout);
    expect(rollout.done.indexOf("restore blue")).toBeLessThan(rollout.done.indexOf("ended rolled-back"));
    expect(rollout.changes).toEqual([
      { change: expect.objectContaining({ activeColor: "blue" }) as object, override: undefined },
    ]);
  });

  test("given a launch template whose image does not come back, then no traffic moves, and it says how it could", async () => {
    const rollout = new FakeRollout({ ...greenServes, fleets: leftChanged("ami-left") });
    rollout.restorable = false;
    await expect(backTo(rollout)).rejects.toMatchObject({
      code: "failed",
      message: expect.stringContaining("--override") as string,
    });
    expect(rollout.changes).toEqual([]);
  });

  test.each([
    ["its traffic has moved back: only its end is missing", {}, { blue: 100, green: 0 }, true],
    ["its traffic has not moved", {}, { blue: 0, green: 100 }, false],
    ["it has ended", { outcome: "rolled-back" } as const, { blue: 100, green: 0 }, false],
    ["another image is there by now", { from: { color: "blue", image: v2 } } as const, { blue: 100, green: 0 }, false],
  ])("given a rollback that was cut off, when %s", (_, change, live, through) => {
    const rollout = new FakeRollout({
      weights: { live, recorded: live },
      record: record({ stage: "rollback", ...change }),
    });
    expect(hasGoneBack(asRollout(rollout))).toBe(through);
  });

  test("given targets of another fleet, then its own fleet is put in order before traffic moves", async () => {
    const rollout = new FakeRollout({
      ...greenServes,
      fleets: { blue: fleet("blue", { staleTargets: ["i-9"] }), green: fleet("green") },
    });
    await backTo(rollout);
    expect(rollout.done[1]).toBe("stage");
    expect(rollout.done[2]).toBe("restore blue");
    expect(rollout.changes).toHaveLength(1);
  });

  test("given targets of another fleet that stay, when the gate refuses, then no traffic goes to a mixed fleet, not even in a release's own rollback", async () => {
    const rollout = new FakeRollout({
      ...greenServes,
      record: record(),
      fleets: { blue: fleet("blue", { staleTargets: ["i-9"] }), green: fleet("green") },
    });
    rollout.fails = new CliError("refused", "blue's target group also holds i-9, which its group does not have");
    await expect(rollBack(asRollout(rollout), "blue", "errors", { insist: true })).rejects.toBe(rollout.fails);
    expect(rollout.changes).toEqual([]);
  });

  test("given a gate that refuses it, then the record that it opened ends, and blocks no other release", async () => {
    const rollout = new FakeRollout({ ...greenServes, record: record({ outcome: "released" }) });
    rollout.fails = new CliError("refused", "blue has 2 healthy targets and needs 3");
    await expect(backTo(rollout)).rejects.toBe(rollout.fails);
    expect(rollout.done).toEqual(["begin green v2.0.0", "stage", "ended superseded"]);
  });

  test("given an update of which nobody can tell whether it moved traffic, then the record that it opened goes on", async () => {
    const rollout = new FakeRollout({ ...greenServes, record: record({ outcome: "released" }) });
    rollout.fails = new CliError("failed", "the listener was seen with blue 0 %");
    await expect(backTo(rollout)).rejects.toBe(rollout.fails);
    expect(rollout.done).toEqual(["begin green v2.0.0", "stage"]);
  });

  test("given a release's own record, when the gate refuses its rollback, then the record goes on", async () => {
    const rollout = new FakeRollout({ ...greenServes, record: record() });
    rollout.fails = new CliError("refused", "blue has 2 healthy targets and needs 3");
    await expect(backTo(rollout)).rejects.toBe(rollout.fails);
    expect(rollout.done).toEqual(["stage"]);
  });

  test("given its own launch template, then no guard is overridden", async () => {
    const rollout = new FakeRollout({ ...greenServes, fleets: leftChanged(v1.imageId) });
    await backTo(rollout);
    expect(rollout.changes.map(({ override }) => override)).toEqual([undefined]);
  });

  test("given a preempted command whose call lands late, then it puts back what it decided", async () => {
    const rollout = new FakeRollout(greenServes);
    rollout.tookOver = true;
    rollout.looks.push({ blue: 100, green: 0 }, { blue: 0, green: 100 }, { blue: 100, green: 0 });
    await backTo(rollout);
    expect(rollout.done).toContain("recover");
    expect(rollout.changes).toHaveLength(2);
    expect(rollout.world.weights.live).toEqual({ blue: 100, green: 0 });
  });

  describe("given a preempted command whose call lands before the rollback's first look", () => {
    const beaten = (times: number) => {
      const rollout = new FakeRollout(greenServes);
      rollout.tookOver = true;
      rollout.late.push(...Array.from({ length: times }, () => ({ blue: 0, green: 100 })));
      return rollout;
    };

    test("then it puts back what it decided, and the record says rolled back", async () => {
      const rollout = beaten(1);
      await backTo(rollout);
      expect(rollout.changes).toHaveLength(2);
      expect(rollout.done.slice(-2)).toEqual(["ended rolled-back", "notice rolled-back"]);
      expect(rollout.world.weights.live).toEqual({ blue: 100, green: 0 });
    });

    test("fails when the weights are changed again and again, and says what they are", async () => {
      const rollout = beaten(9);
      await expect(backTo(rollout)).rejects.toThrow(
        /again and again \(now blue 0 %, green 100 %\)\. Find out who, and give the same command again\.$/,
      );
      expect(rollout.changes).toHaveLength(4);
    });

    test("fails where nobody was before, and says to give it again: it was not this stack's own command", async () => {
      const rollout = beaten(1);
      rollout.tookOver = false;
      await expect(backTo(rollout)).rejects.toThrow(/was seen with blue 0 %, green 100 %: give the same command again/);
    });
  });

  test("given a fleet that is off, then it is refused with what to do", async () => {
    const rollout = new FakeRollout({ ...greenServes, fleets: { blue: off("blue"), green: fleet("green") } });
    await expect(backTo(rollout)).rejects.toMatchObject({ code: "refused" });
    expect(rollout.changes).toEqual([]);
  });
});
