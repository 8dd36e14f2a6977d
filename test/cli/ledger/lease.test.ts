import { HeldLock, type LockStore } from "../../../cli/ledger/lease.ts";
import type { Lock } from "../../../cli/model.ts";
import { Refusal } from "../../../cli/refusal.ts";
import { lock as hers } from "./facts.ts";

const start = 1_000_000;
const mine: Lock = { ...hers, token: "mine", doing: "release v1.0.0", expires: start + 60_000 };
const lost: unknown = expect.objectContaining({
  code: "failed",
  message: expect.stringContaining("ann@laptop took over") as string,
});

let renew: jest.Mock<Promise<boolean>, [number]>;
let remove: jest.Mock<Promise<boolean>, []>;
let onLost: jest.Mock<void, [Refusal]>;
let held: HeldLock;
beforeEach(() => {
  jest.useFakeTimers({ now: start, doNotFake: ["nextTick", "setImmediate", "queueMicrotask"] });
  renew = jest.fn<Promise<boolean>, [number]>(() => Promise.resolve(true));
  remove = jest.fn(() => Promise.resolve(true));
  onLost = jest.fn<void, [Refusal]>();
  const store: LockStore = { renew, remove, read: () => Promise.resolve(hers) };
  held = new HeldLock(store, mine, {}, onLost);
});
afterEach(async () => {
  await held.release();
  jest.useRealTimers();
});

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
    new HeldLock({ renew, remove, read: () => Promise.resolve(hers) }, mine, {}, onLost);
    expect(unref).toHaveBeenCalledTimes(1);
    jest.restoreAllMocks();
  });

  it("tells once when somebody else has it, and leaves it alone from then on", async () => {
    renew.mockResolvedValue(false);
    await jest.advanceTimersByTimeAsync(60_000);
    await expect(held.check()).rejects.toEqual(lost);
    await held.release();
    expect(onLost.mock.calls).toEqual([[lost]]);
    expect(renew).toHaveBeenCalledTimes(1);
    expect(remove).not.toHaveBeenCalled();
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

  it("counts the lease from the last renewal", async () => {
    await jest.advanceTimersByTimeAsync(10_000);
    renew.mockRejectedValue(new Error("connect ECONNREFUSED"));
    await jest.advanceTimersByTimeAsync(59_999);
    await held.check();
    await jest.advanceTimersByTimeAsync(1);
    await expect(held.check()).rejects.toMatchObject({ code: "failed" });
  });

  it("passes while the table can't be reached and the lease lasts, then fails, then passes again", async () => {
    renew.mockRejectedValue(new Error("connect ECONNREFUSED"));
    await jest.advanceTimersByTimeAsync(59_999);
    await held.check();
    await jest.advanceTimersByTimeAsync(1);
    await expect(held.check()).rejects.toMatchObject({
      code: "failed",
      message: expect.stringContaining("could not be renewed for 60 s (connect ECONNREFUSED)") as string,
    });
    expect(onLost).not.toHaveBeenCalled();
    renew.mockResolvedValue(true);
    await held.check();
  });
});

describe("release", () => {
  it("removes the lock and renews it no more", async () => {
    await held.release();
    expect(remove).toHaveBeenCalledTimes(1);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(renew).not.toHaveBeenCalled();
  });

  it("never fails", async () => {
    remove.mockRejectedValue(new Error("connect ECONNREFUSED"));
    await expect(held.release()).resolves.toBeUndefined();
  });

  it("waits for the renewal under way, which would write after it", async () => {
    let answer: (stillMine: boolean) => void = () => undefined;
    renew.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
    await jest.advanceTimersByTimeAsync(10_000);
    const released = held.release();
    expect(remove).not.toHaveBeenCalled();
    answer(true);
    await released;
    expect(remove).toHaveBeenCalledTimes(1);
  });
});
