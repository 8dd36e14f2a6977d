import { thisMoment } from "../../../cli/store/clock.ts";
import { processId } from "../../../cli/store/holder.ts";
import { HeldLock, type LockStore } from "../../../cli/store/lease.ts";
import type { Engine, Lock } from "../../../cli/state/model.ts";
import { CliError } from "../../../cli/error.ts";
import { abandoned, lock as hers } from "./facts.ts";

// Jest's clock does not know the promised timers: a pause takes its time by the faked ones.
jest.mock("node:timers/promises", () => ({
  setTimeout: (milliseconds: number) => new Promise((resolve) => void setTimeout(resolve, milliseconds)),
}));

const start = 1_000_000;
const mine: Lock = { ...hers, token: "mine", doing: "release v1.0.0", expires: start + 60_000 };
const lost: unknown = expect.objectContaining({
  code: "failed",
  message: expect.stringContaining("ann@laptop took over") as string,
});
const unproven: unknown = expect.objectContaining({
  code: "failed",
  message: expect.stringContaining("could not be renewed for 60 s (connect ECONNREFUSED)") as string,
});

let renew: jest.Mock<Promise<boolean>, [number]>;
let found: Lock | undefined;
let take: jest.Mock<Promise<boolean>, Parameters<LockStore["take"]>>;
let noteEngines: jest.Mock<Promise<boolean>, Parameters<LockStore["noteEngines"]>>;
let giveBack: jest.Mock<Promise<boolean>, Parameters<LockStore["giveBack"]>>;
let onLost: jest.Mock<void, [CliError]>;
let held: HeldLock;
const holding = (change: Partial<Lock> = {}): HeldLock =>
  new HeldLock(
    { now: () => Date.now(), read: () => Promise.resolve(found), renew, take, noteEngines, giveBack },
    { ...mine, ...change },
    { left: change.abandoned ?? [] },
    thisMoment(),
    onLost,
  );
beforeEach(() => {
  jest.useFakeTimers({ now: start, doNotFake: ["nextTick", "setImmediate", "queueMicrotask"] });
  renew = jest.fn<Promise<boolean>, [number]>(() => Promise.resolve(true));
  found = hers;
  take = jest.fn<Promise<boolean>, Parameters<LockStore["take"]>>(() => Promise.resolve(true));
  noteEngines = jest.fn<Promise<boolean>, Parameters<LockStore["noteEngines"]>>(() => Promise.resolve(true));
  giveBack = jest.fn<Promise<boolean>, Parameters<LockStore["giveBack"]>>(() => Promise.resolve(true));
  onLost = jest.fn<void, [CliError]>();
  held = holding();
});
afterEach(async () => {
  await held.release();
  jest.useRealTimers();
});
/** The process, or its machine, stood still until the answer came. */
const frozenFor = (seconds: number, clock: "wall" | "monotonic") => {
  if (clock === "wall") return jest.setSystemTime(Date.now() + seconds * 1000);
  const now = performance.now();
  jest.spyOn(performance, "now").mockImplementation(() => now + seconds * 1000);
};

describe("in the background", () => {
  it("renews every 10 s for another 60", async () => {
    await jest.advanceTimersByTimeAsync(9_999);
    expect(renew).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(20_001);
    expect(renew.mock.calls).toEqual([[start + 70_000], [start + 80_000], [start + 90_000]]);
  });

  it("keeps no process alive", () => {
    const unref = jest.fn();
    jest.spyOn(global, "setInterval").mockReturnValueOnce({ unref } as unknown as NodeJS.Timeout);
    holding();
    expect(unref).toHaveBeenCalledTimes(1);
    jest.restoreAllMocks();
  });

  it("given another holder, then it reports that once and renews no more", async () => {
    renew.mockResolvedValue(false);
    await jest.advanceTimersByTimeAsync(60_000);
    await expect(held.check()).rejects.toEqual(lost);
    await held.release();
    expect(onLost.mock.calls).toEqual([[lost]]);
    expect(renew).toHaveBeenCalledTimes(1);
    expect(giveBack).not.toHaveBeenCalled();
  });

  it("lets no renewals pile up behind one that has no answer", async () => {
    let answer: (stillMine: boolean) => void = () => undefined;
    renew.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
    await jest.advanceTimersByTimeAsync(30_000);
    answer(true);
    await held.check();
    expect(renew).toHaveBeenCalledTimes(2);
  });
});

describe("check", () => {
  it("renews at once", async () => {
    await held.check();
    expect(renew.mock.calls).toEqual([[start + 60_000]]);
  });

  it("asks anew when a renewal was under way: the lock may have gone since", async () => {
    let answer: (stillMine: boolean) => void = () => undefined;
    renew.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
    await jest.advanceTimersByTimeAsync(10_000);
    renew.mockResolvedValue(false);
    const check = held.check();
    answer(true);
    await expect(check).rejects.toEqual(lost);
    expect(renew).toHaveBeenCalledTimes(2);
  });

  it("tells once when a renewal under way finds it lost", async () => {
    let answer: (stillMine: boolean) => void = () => undefined;
    renew.mockReturnValueOnce(new Promise((resolve) => (answer = resolve))).mockResolvedValue(false);
    await jest.advanceTimersByTimeAsync(10_000);
    const check = held.check();
    answer(false);
    await expect(check).rejects.toEqual(lost);
    expect(onLost).toHaveBeenCalledTimes(1);
  });

  it("given a table that does not answer, it asks again until the lease is over, then stops", async () => {
    await jest.advanceTimersByTimeAsync(10_000);
    renew.mockRejectedValue(new Error("connect ECONNREFUSED"));
    const check = held.check().then(
      () => "passed",
      (error: unknown) => error,
    );
    const end = jest.fn();
    void check.then(end);
    await jest.advanceTimersByTimeAsync(59_000);
    expect(end).not.toHaveBeenCalled();
    expect(renew.mock.calls.length).toBeGreaterThan(50);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(await check).toEqual(unproven);
    expect(onLost).not.toHaveBeenCalled();
    renew.mockResolvedValue(true);
    await held.check();
  });

  it("given a renewal that timed out, a change waits for one that succeeds: others may have taken the lock", async () => {
    renew.mockRejectedValueOnce(new Error("connect ECONNREFUSED"));
    const check = held.check();
    const passed = jest.fn();
    void check.then(passed);
    await jest.advanceTimersByTimeAsync(999);
    expect(passed).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(1);
    await check;
    expect(renew).toHaveBeenCalledTimes(2);
  });

  it.each([
    ["the machine slept", "wall"],
    ["the process was stopped, or the wall clock was set back", "monotonic"],
  ] as const)(
    "given that %s for longer than the lease between question and answer, it asks again",
    async (_, clock) => {
      renew.mockImplementationOnce(() => (frozenFor(60, clock), Promise.resolve(true))).mockResolvedValue(false);
      await expect(held.check()).rejects.toEqual(lost);
      expect(renew).toHaveBeenCalledTimes(2);
      jest.restoreAllMocks();
    },
  );

  it("given that it was frozen for less than the lease, it takes the answer", async () => {
    renew.mockImplementationOnce(() => (frozenFor(59, "wall"), Promise.resolve(true)));
    await held.check();
    expect(renew).toHaveBeenCalledTimes(1);
  });

  it("of a rollback goes on after one try without an answer, and stops when the lock is lost", async () => {
    renew.mockRejectedValue(new Error("connect ECONNREFUSED"));
    await jest.advanceTimersByTimeAsync(120_000);
    renew.mockClear();
    await held.checkOnce();
    expect(renew).toHaveBeenCalledTimes(1);
    renew.mockResolvedValue(false);
    await expect(held.checkOnce()).rejects.toEqual(lost);
  });
});

describe("a rollback", () => {
  const rollback = { kind: "rollback", doing: "rollback" } as const;
  beforeEach(async () => {
    await held.release();
    held = holding(rollback);
    renew.mockResolvedValueOnce(false);
  });

  it.each([
    ["a release that took its lock over", hers],
    ["nothing: its lock was removed", undefined],
    ["what a release that took it over left when it ended", { ...hers, released: true as const }],
  ])("given %s, takes its lock again and is not interrupted", async (_, now) => {
    found = now;
    await held.check();
    expect(take.mock.calls).toEqual([[{ ...mine, ...rollback, engine: undefined }, now, true]]);
    expect(onLost).not.toHaveBeenCalled();
  });

  it("given another rollback that took its lock over, stops", async () => {
    found = { ...hers, kind: "rollback" };
    await expect(held.check()).rejects.toEqual(lost);
    expect(take).not.toHaveBeenCalled();
    expect(onLost).toHaveBeenCalledTimes(1);
  });

  it("given another command that was quicker, looks again", async () => {
    take.mockImplementationOnce(() => {
      found = { ...hers, kind: "rollback" };
      return Promise.resolve(false);
    });
    await expect(held.check()).rejects.toEqual(lost);
  });

  it("given a table that does not say whose its lock is, is not interrupted", async () => {
    take.mockRejectedValueOnce(new Error("connect ECONNREFUSED"));
    await held.checkOnce();
    expect(onLost).not.toHaveBeenCalled();
  });

  it("given that it took its lock again, keeps what the other one left behind, and not its own engine", async () => {
    renew.mockReset().mockResolvedValueOnce(true).mockResolvedValue(false);
    await held.check();
    await held.engineStarts(engineOf(1));
    found = { ...hers, engine: engineOf(2), abandoned: [{ ...abandoned, engine: engineOf(1) }], expires: start };
    await held.check();
    const left = [{ holder: hers.holder, engine: engineOf(2), heard: start - 60_000 }];
    expect(take.mock.calls[0]?.[0]).toMatchObject({ engine: engineOf(1), abandoned: left });
  });
});

const engineOf = (pid: number): Engine => ({
  host: "laptop",
  pid,
  birth: "boot/ns/1",
  startedAt: "2026-11-21T10:00:00.000Z",
});

describe("the engines that it runs", () => {
  it("given one that starts, it is written down before it does", async () => {
    let written: (isOurs: boolean) => void = () => undefined;
    noteEngines.mockReturnValueOnce(new Promise((resolve) => (written = resolve)));
    const started = jest.fn();
    const starts = held.engineStarts(engineOf(1)).then(started);
    await jest.advanceTimersByTimeAsync(1);
    expect(noteEngines.mock.calls).toEqual([[{ engine: engineOf(1), abandoned: [] }]]);
    expect(started).not.toHaveBeenCalled();
    written(true);
    await starts;
  });

  it("given a table that does not answer, those of a rollback start all the same", async () => {
    await held.release();
    held = holding({ kind: "rollback" });
    noteEngines.mockRejectedValueOnce(new Error("connect ECONNREFUSED"));
    await held.engineStarts(engineOf(1));
    expect(onLost).not.toHaveBeenCalled();
  });

  it("given a table that does not answer once, others wait until they are written down", async () => {
    noteEngines.mockRejectedValueOnce(new Error("connect ECONNREFUSED"));
    const started = jest.fn();
    const starts = held.engineStarts(engineOf(1)).then(started);
    await jest.advanceTimersByTimeAsync(900);
    expect(started).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(200);
    await starts;
    expect(noteEngines).toHaveBeenCalledTimes(2);
  });

  it("fails to start others where they can't be written down before the lease is over: the next command could not tell whose the state is", async () => {
    const down = new Error("connect ECONNREFUSED");
    renew.mockRejectedValue(down);
    noteEngines.mockRejectedValue(down);
    const starts = held.engineStarts(engineOf(1)).catch((error: unknown) => error);
    await jest.advanceTimersByTimeAsync(70_000);
    expect(await starts).toMatchObject({ message: expect.stringContaining("ECONNREFUSED") as string });
  });

  it("given a table that has not answered the renewal before either, the engine of a rollback does not wait for it", async () => {
    await held.release();
    held = holding({ kind: "rollback" });
    renew.mockRejectedValueOnce(new Error("connect ECONNREFUSED"));
    await held.checkOnce();
    let answer: (isOurs: boolean) => void = () => undefined;
    noteEngines.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
    await held.engineStarts(engineOf(1));
    answer(true);
  });

  it("given that the lock is lost by then, it is told before one starts", async () => {
    noteEngines.mockResolvedValueOnce(false);
    renew.mockResolvedValueOnce(false);
    await held.engineStarts(engineOf(1));
    expect(onLost).toHaveBeenCalledTimes(1);
  });

  const left = [{ ...abandoned, engine: engineOf(9) }];
  it.each<[string, "had" | "refused" | "unknown", unknown[]]>([
    ["one that had the state, it alone may have left it locked: the answer to its removal can be lost", "had", [1]],
    ["one of which nobody can tell, both may have left it locked", "unknown", [9, 1]],
    ["one that was refused because another had it, it has left nothing", "refused", [9]],
  ])("given %s", async (_, how, pids) => {
    await held.release();
    held = holding({ abandoned: left });
    await held.engineStarts(engineOf(1));
    await held.engineEnded(how);
    const [{ engine, abandoned: kept }] = noteEngines.mock.lastCall ?? [{ abandoned: [] }];
    expect([engine, kept.map((one) => one.engine.pid)]).toEqual([undefined, pids]);
    giveBack.mockClear();
    await held.release();
    expect(giveBack.mock.calls).toEqual([[kept]]);
  });

  it("given the state in the hands of an engine that was left behind, it knows whether that is dead", async () => {
    const me = processId(process.pid);
    const gone = { ...me, birth: `${me.birth}0`, startedAt: "2026-11-21T10:00:00.000Z" };
    await held.release();
    held = holding({ abandoned: [{ ...abandoned, engine: gone }] });
    const at = "2026-11-21T10:00:01Z";
    expect(held.isLeftLocked({ host: me.host, pid: me.pid, at })).toBe(true);
    expect(held.isLeftLocked({ host: me.host, pid: me.pid + 1, at })).toBe(false);
  });
});

describe("release", () => {
  it("gives the lock back and renews it no more", async () => {
    await held.release();
    expect(giveBack).toHaveBeenCalledTimes(1);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(renew).not.toHaveBeenCalled();
  });

  it("never fails", async () => {
    giveBack.mockRejectedValue(new Error("connect ECONNREFUSED"));
    await expect(held.release()).resolves.toBeUndefined();
  });

  it("waits for the renewal under way, which would write after it", async () => {
    let answer: (stillMine: boolean) => void = () => undefined;
    renew.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
    await jest.advanceTimersByTimeAsync(10_000);
    const released = held.release();
    expect(giveBack).not.toHaveBeenCalled();
    answer(true);
    await released;
    expect(giveBack).toHaveBeenCalledTimes(1);
  });
});
