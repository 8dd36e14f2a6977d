import {
  type DynamoDBClient,
  PutItemCommand,
  TransactionCanceledException,
  TransactionConflictException,
} from "@aws-sdk/client-dynamodb";
import { acquireLock, currentLock } from "../../../cli/store/acquire.ts";
import { thisHolder } from "../../../cli/store/holder.ts";
import { lockDecision } from "../../../cli/store/lock.ts";
import { giveLockBack, noteEngines, readLock, renewLock, writeLock } from "../../../cli/store/lock-item.ts";
import type { LockKind } from "../../../cli/state/model.ts";
import { recordAfter } from "../../../cli/store/record.ts";
import { latestRecord, listRecords, openRecord, saveRecord } from "../../../cli/store/records.ts";
import { abandoned, begun, lock as hers, record } from "./facts.ts";
import { motoTable } from "./moto-table.ts";

/** What happens while a lock is watched for a second; undefined: pauses take their time. */
let eachSecond: (() => Promise<unknown>) | undefined;
jest.mock("node:timers/promises", () => {
  const { setTimeout: pause } = jest.requireActual<{ setTimeout: (...args: unknown[]) => Promise<void> }>(
    "node:timers/promises",
  );
  return { setTimeout: (...args: unknown[]) => (eachSecond === undefined ? pause(...args) : eachSecond()) };
});

const moto = motoTable();
let client: DynamoDBClient;
let table: string;
beforeEach(() => {
  [client, table] = [moto.client(), moto.table()];
});

const holder = thisHolder({});
const nobody = (): never => {
  throw new Error("nobody may lose the lock here, or wait for it");
};
interface Taking {
  kind?: LockKind;
  onLost?: () => void;
  onWait?: (line: string) => void;
  signal?: AbortSignal;
}
const take = (doing: string, more: Taking = {}) => {
  const { kind = "change", onLost = nobody, onWait = nobody, signal = new AbortController().signal } = more;
  return acquireLock(client, table, { doing, holder, kind }, { onLost, onWait, signal });
};
const rollBack = (more: Taking = {}) => take("rollback", { ...more, kind: "rollback" });
/** Puts a lock there as another host would have. */
const place = (lock: typeof hers) => writeLock(client, table, lock, undefined, false);
/** Milliseconds since 1970: a lease that lasts, that is over by this clock, and that is over by any. */
const inSeconds = (seconds: number) => Date.now() + seconds * 1000;
const inAMinute = () => inSeconds(60);

describe("lock", () => {
  it("is one holder's until it is released", async () => {
    const first = await take("release v1");
    expect(first.before).toEqual({ left: [] });
    expect(await currentLock(client, table)).toEqual({
      token: first.token,
      kind: "change",
      holder,
      doing: "release v1",
      since: expect.any(String) as string,
      expires: expect.any(Number) as number,
      abandoned: [],
      version: 0,
    });
    await expect(take("release v2")).rejects.toMatchObject({
      code: "locked",
      message: expect.stringContaining("release v1") as string,
    });
    await first.check();
    await first.release();
    expect(await readLock(client, table)).toBeUndefined();
    await (await take("release v2")).release();
  });

  it.each([
    ["of whom nothing is left", undefined],
    ["that somebody left behind", { ...hers, expires: 1 }],
    ["that is preempted", { ...hers, expires: inAMinute() }],
  ])("goes to one of four that want one %s at the same time", async (_, found) => {
    if (found) await place(found);
    const kind = found !== undefined && found.expires > 1 ? "rollback" : "change";
    const all = await Promise.allSettled(["a", "b", "c", "d"].map((doing) => take(doing, { kind })));
    const won = all.filter((result) => result.status === "fulfilled");
    expect(won).toHaveLength(1);
    for (const result of all) if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "locked" });
    const [{ value }] = won;
    expect((value.before.preempted ?? value.before.tookOver)?.token).toBe(found?.token);
    expect((await readLock(client, table))?.token).toBe(value.token);
    await value.release();
  });

  it("is renewed for a minute from now", async () => {
    await place({ ...hers, expires: 1 });
    expect(await renewLock(client, table, "hers", 2)).toBe(true);
    expect(await readLock(client, table)).toEqual({ ...hers, expires: 2 });
    const mine = await take("release v2");
    // AWS tells its time in whole seconds.
    const atLeast = inSeconds(58);
    await mine.check();
    expect((await readLock(client, table))?.expires).toBeGreaterThanOrEqual(atLeast);
    expect((await readLock(client, table))?.expires).toBeLessThanOrEqual(inAMinute());
    await mine.release();
  });

  it("that was left behind goes to the next, who learns of it", async () => {
    const left = { ...hers, expires: 1 };
    await place(left);
    expect(await currentLock(client, table)).toBeUndefined();
    const mine = await take("release v2");
    expect(mine.before).toEqual({ tookOver: left, left: [] });
    await mine.release();
  });

  it("of a process of this machine that is gone goes to the next at once", async () => {
    const left = { ...hers, expires: inAMinute(), holder: { ...holder, birth: `${holder.birth}0`, pid: 2 ** 30 } };
    await place(left);
    const mine = await take("release v2");
    expect(mine.before).toEqual({ tookOver: left, left: [] });
    await mine.release();
  });

  it("that was renewed since it was found is not taken over, and can be preempted all the same", async () => {
    const found = { ...hers, expires: 1 };
    await place(found);
    await renewLock(client, table, "hers", 2);
    const mine = { ...hers, token: "mine" };
    expect(await writeLock(client, table, mine, found, false)).toBe(false);
    expect((await readLock(client, table))?.token).toBe("hers");
    expect(await writeLock(client, table, mine, found, true)).toBe(true);
    expect((await readLock(client, table))?.token).toBe("mine");
  });

  it("that was preempted stops its holder, who leaves the new one alone", async () => {
    const onLost = jest.fn();
    const preempted = await take("release v2", { onLost });
    const next = await rollBack();
    expect(next.before).toEqual({
      preempted: expect.objectContaining({ token: preempted.token }) as unknown,
      left: [],
    });
    await expect(preempted.check()).rejects.toMatchObject({
      code: "failed",
      message: expect.stringContaining("(rollback)") as string,
    });
    expect(onLost).toHaveBeenCalledTimes(1);
    await preempted.release();
    await next.check();
    await next.release();
  });

  it("that is no longer there is lost, and is not made again", async () => {
    const onLost = jest.fn();
    const mine = await take("release v2", { onLost });
    await (await rollBack()).release();
    await expect(mine.check()).rejects.toMatchObject({ message: expect.stringContaining("was removed") as string });
    expect(onLost).toHaveBeenCalledTimes(1);
    expect(await readLock(client, table)).toBeUndefined();
  });

  it("counts as taken when the write arrived and its answer was lost", async () => {
    let puts = 0;
    client.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          const first = commandName === "PutItemCommand" && puts++ === 0;
          const answer = await next(args);
          if (!first) return answer;
          throw Object.assign(new Error("the answer was lost"), { name: "TimeoutError" });
        },
      { step: "finalizeRequest", priority: "low", name: "loseAnswer" },
    );
    const mine = await take("release v2").finally(() => client.middlewareStack.remove("loseAnswer"));
    // The SDK's own second try found the first one's item.
    expect(puts).toBe(2);
    expect(mine.before).toEqual({ left: [] });
    const found = await readLock(client, table);
    expect(lockDecision(found, Date.now(), mine.token, () => true)).toBe("mine");
    await mine.release();
  });

  it("that can't be read is refused with what to do", async () => {
    const Item = { pk: { S: "lock" }, sk: { S: "release" }, token: { S: "hers" } };
    await client.send(new PutItemCommand({ TableName: table, Item }));
    await expect(take("release v2")).rejects.toMatchObject({
      code: "failed",
      message:
        `The lock in the table ${table} can't be read. When nobody releases, delete its item (pk lock, sk release) and ` +
        "give the same command again.",
    });
  });

  it("lets AWS's errors pass", async () => {
    const listeners = { onLost: nobody, onWait: nobody, signal: new AbortController().signal };
    await expect(
      acquireLock(client, "none", { doing: "release", holder, kind: "change" }, listeners),
    ).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
  });
});

describe("a write that meets a transaction on the same item", () => {
  /** Refused so often, as DynamoDB does it: the simulated one knows no conflict. */
  const refused = (times: number, error: () => Error) => {
    let left = times;
    client.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          if (commandName !== "GetItemCommand" && commandName !== "QueryCommand" && left-- > 0) throw error();
          return next(args);
        },
      { step: "initialize", name: "conflict" },
    );
  };
  const $metadata = {};
  const conflict = () =>
    new TransactionConflictException({ message: "Transaction is ongoing for the item", $metadata });
  const cancelled = (...codes: string[]) => {
    const CancellationReasons = codes.map((Code) => ({ Code }));
    return new TransactionCanceledException({ message: "cancelled", CancellationReasons, $metadata });
  };
  afterEach(() => client.middlewareStack.remove("conflict"));

  it("given that it ends soon, is made again: locks are taken, renewed and given back, and engines written down", async () => {
    refused(1, conflict);
    const mine = await take("release v2");
    for (const write of [
      () => mine.check(),
      () => mine.engineStarts(abandoned.engine),
      () => mine.engineEnded("had"),
      () => mine.release(),
    ]) {
      client.middlewareStack.remove("conflict");
      refused(2, conflict);
      await write();
    }
    expect(await readLock(client, table)).toMatchObject({ released: true, abandoned: [{ engine: abandoned.engine }] });
  });

  it("given a renewal that a record's write meets, the record is written", async () => {
    await place({ ...hers, expires: inAMinute() });
    refused(1, () => cancelled("TransactionConflict", "None"));
    await saveRecord(client, table, record, "hers");
    expect(await latestRecord(client, table)).toEqual(record);
  });

  it("given another's lock besides, is refused at once", async () => {
    refused(1, () => cancelled("ConditionalCheckFailed", "TransactionConflict"));
    await expect(saveRecord(client, table, record, "hers")).rejects.toMatchObject({ code: "failed" });
  });

  it("given that it does not end, passes on DynamoDB's error", async () => {
    refused(5, conflict);
    await expect(take("release v2")).rejects.toThrow("Transaction is ongoing for the item");
  });
});

describe("a rollback's lock", () => {
  it("given a living rollback, another one is refused, and so is a release", async () => {
    const first = await rollBack();
    const refused = { code: "locked", message: expect.stringContaining("gives way to nobody") as string };
    await expect(rollBack()).rejects.toMatchObject(refused);
    await expect(take("release v2")).rejects.toMatchObject(refused);
    await first.check();
    await first.release();
  });

  it("given that a release took it over, is taken again, and the release stops", async () => {
    const rollback = await rollBack();
    await renewLock(client, table, rollback.token, inSeconds(-3600));
    const onLost = jest.fn();
    const release = await take("release v2", { onLost });
    await rollback.check();
    expect(await currentLock(client, table)).toMatchObject({ token: rollback.token, kind: "rollback" });
    await expect(release.check()).rejects.toMatchObject({ message: expect.stringContaining("(rollback)") as string });
    expect(onLost).toHaveBeenCalledTimes(1);
    await rollback.release();
  });
});

describe("a lock whose lease is over by this host's clock, which may be fast", () => {
  let onWait: jest.Mock;
  let passed: number;
  beforeEach(() => {
    [passed, onWait] = [0, jest.fn()];
    jest.spyOn(performance, "now").mockImplementation(() => passed);
    eachSecond = () => Promise.resolve((passed += 1_000));
  });
  afterEach(() => {
    eachSecond = undefined;
    jest.restoreAllMocks();
  });

  it("given a holder that renews it, stays that holder's, and the next command is refused", async () => {
    await place({ ...hers, expires: inSeconds(-120) });
    // A slow clock writes leases that are over from the beginning.
    eachSecond = () => {
      passed += 1_000;
      return passed % 10_000 === 0 ? renewLock(client, table, "hers", inSeconds(-119)) : Promise.resolve();
    };
    await expect(take("release v2", { onWait })).rejects.toMatchObject({ code: "locked" });
    expect(passed).toBe(10_000);
  });

  it("given another command that was quicker, is that one's", async () => {
    await place({ ...hers, expires: inSeconds(-120) });
    eachSecond = async () => {
      await giveLockBack(client, table, "hers", []);
      await place({ ...hers, token: "third", expires: inSeconds(-60) });
    };
    await expect(take("release v2", { onWait })).rejects.toMatchObject({ code: "locked" });
  });

  it("given a holder that does not renew it for a minute, goes to the next command, which was told how long it takes at most", async () => {
    await place({ ...hers, expires: inSeconds(-1) });
    const mine = await take("release v2", { onWait });
    expect(passed).toBe(60_000);
    expect(mine.before.tookOver?.token).toBe("hers");
    expect(onWait.mock.calls).toEqual([
      [
        "The lease of ann@laptop (release v2.0.0, process 4711 on laptop) is over by this host's clock. Waiting for 60 s at " +
          "most, to see whether it is renewed.",
      ],
    ]);
    await mine.release();
  });

  it("given Ctrl-C meanwhile, is left alone", async () => {
    const interruption = new AbortController();
    await place({ ...hers, expires: inSeconds(-1) });
    eachSecond = () => Promise.resolve(interruption.abort(new Error("interrupted")));
    await expect(take("release v2", { onWait, signal: interruption.signal })).rejects.toThrow("interrupted");
    expect((await readLock(client, table))?.token).toBe("hers");
  });

  it("given a rollback, which waits for nobody, goes to it at once", async () => {
    await place({ ...hers, expires: inSeconds(-1) });
    await (await rollBack()).release();
    expect(passed).toBe(0);
  });

  it("given a clock that is two hours off, counts by AWS's clock", async () => {
    await place({ ...hers, expires: inSeconds(30) });
    const now = Date.now.bind(Date);
    jest.spyOn(Date, "now").mockImplementation(() => now() + 7_200_000);
    try {
      await expect(take("release v2")).rejects.toMatchObject({ code: "locked" });
      expect(client.config.systemClockOffset).toBeLessThan(-7_190_000);
    } finally {
      jest.restoreAllMocks();
      await readLock(client, table);
    }
  });
});

describe("engines that a holder left behind", () => {
  const { engine } = abandoned;
  /** A run on another host whose engine works, and of whom nothing is heard any more. */
  const killed = async (change: Partial<typeof hers> = {}) => {
    const expires = inSeconds(-3600);
    await place({ ...hers, expires, ...change });
    await noteEngines(client, table, "hers", { engine, abandoned: [] });
    return [{ holder: hers.holder, engine, heard: expires - 60_000 }];
  };

  it("given a run that was killed, are known to the next one, and to the one after it when that was killed, too", async () => {
    const left = await killed();
    const second = await take("release v2");
    expect(second.before.left).toEqual(left);
    expect((await readLock(client, table))?.abandoned).toEqual(left);
    await renewLock(client, table, second.token, inSeconds(-3600));
    const third = await rollBack();
    expect(third.before.left).toEqual(left);
    await second.release();
    await third.release();
  });

  it("given a run that gave the lock back without having had the state, are known to the next ones, and the lock is free", async () => {
    const left = await killed();
    await (await take("release v2")).release();
    expect(await currentLock(client, table)).toBeUndefined();
    for (const kind of ["change", "rollback"] as const) {
      const next = await take("again", { kind });
      expect(next.before).toEqual({ left });
      await next.release();
    }
  });

  it("given an operation that had the state, are forgotten but for its own engine", async () => {
    await killed();
    const mine = await take("release v2");
    await mine.engineStarts({ ...engine, pid: 5 });
    await mine.engineEnded("had");
    await mine.release();
    expect(await readLock(client, table)).toMatchObject({ released: true, abandoned: [{ engine: { pid: 5 } }] });
  });

  it("given an engine that starts between look and write, is not forgotten by who preempts the lock", async () => {
    const preempted = await take("release v2", { onLost: () => undefined });
    const found = await readLock(client, table);
    await preempted.engineStarts(engine);
    const mine = { ...hers, token: "mine" };
    expect(await writeLock(client, table, mine, found, true)).toBe(false);
    await preempted.engineEnded("had");
    expect(await writeLock(client, table, mine, found, true)).toBe(false);
    expect(await writeLock(client, table, mine, await readLock(client, table), true)).toBe(true);
    await preempted.release();
  });

  it("given a lock that was given back, its last renewal comes to nothing when it arrives late", async () => {
    const left = await killed();
    const mine = await take("release v2");
    await mine.release();
    expect(await renewLock(client, table, mine.token, inAMinute())).toBe(false);
    expect(await noteEngines(client, table, mine.token, { abandoned: [] })).toBe(false);
    expect((await readLock(client, table))?.abandoned).toEqual(left);
  });
});

describe("records", () => {
  const token = "mine";
  beforeEach(() => place({ ...hers, token, expires: inAMinute() }));

  it.each([
    ["another's lock", "hers"],
    ["no lock", undefined],
  ])("given %s, when a record is written, then it is refused and nothing is kept", async (_, now) => {
    await giveLockBack(client, table, token, []);
    if (now) await place({ ...hers, token: now });
    for (const write of [saveRecord(client, table, record, token), openRecord(client, table, begun, token)])
      await expect(write).rejects.toMatchObject({
        code: "failed",
        message: expect.stringContaining("another command holds the lock") as string,
      });
    expect(await latestRecord(client, table)).toBeUndefined();
  });

  it("begin, grow and are read back", async () => {
    expect(await latestRecord(client, table)).toBeUndefined();
    const opened = await openRecord(client, table, begun, token);
    expect(opened).toMatchObject({ ...begun, stage: "stage", outcome: "running", weights: [], checks: [] });
    expect(opened.id.startsWith(opened.startedAt)).toBe(true);
    const grown = recordAfter(opened, { kind: "weights", at: opened.startedAt, blue: 90, green: 10 });
    await saveRecord(client, table, grown, token);
    expect(await latestRecord(client, table)).toEqual(grown);
  });

  it("have ids of their own, also in the same millisecond", async () => {
    jest.useFakeTimers({
      now: 0,
      doNotFake: ["nextTick", "setImmediate", "queueMicrotask", "setTimeout", "clearTimeout"],
    });
    try {
      const ids = [await openRecord(client, table, begun, token), await openRecord(client, table, begun, token)].map(
        ({ id }) => id,
      );
      expect(new Set(ids).size).toBe(2);
    } finally {
      jest.useRealTimers();
    }
  });

  it("given a host whose clock is two minutes behind, sort after the newest one all the same", async () => {
    const newest = await openRecord(client, table, begun, token);
    const doNotFake = ["nextTick", "setImmediate", "queueMicrotask", "setTimeout", "clearTimeout"] as const;
    jest.useFakeTimers({ now: Date.now() - 120_000, doNotFake: [...doNotFake] });
    try {
      const next = await openRecord(client, table, begun, token);
      expect(next.id > newest.id).toBe(true);
      expect(next.startedAt > newest.startedAt).toBe(true);
      expect((await latestRecord(client, table))?.id).toBe(next.id);
    } finally {
      jest.useRealTimers();
    }
  });

  it("come newest first, as many as asked, and by the beginning of their id", async () => {
    const ids = ["2026-11-19T23:00:00.000Z-b", "2026-11-20T09:00:00.000Z-a", "2026-11-20T10:00:00.000Z-c"];
    for (const id of [ids[1], ids[2], ids[0]]) await saveRecord(client, table, { ...record, id }, token);
    const listed = async (limit: number, prefix?: string) =>
      (await listRecords(client, table, limit, prefix)).map(({ id }) => id);
    expect(await listed(10)).toEqual([ids[2], ids[1], ids[0]]);
    expect(await listed(2)).toEqual([ids[2], ids[1]]);
    expect(await listed(10, "2026-11-20")).toEqual([ids[2], ids[1]]);
    expect(await listed(10, ids[0])).toEqual([ids[0]]);
    expect(await listed(10, "2027")).toEqual([]);
  });

  it("are read over DynamoDB's pages of 1 MB", async () => {
    const why = "x".repeat(300_000);
    for (const id of ["1", "2", "3", "4", "5"]) await saveRecord(client, table, { ...record, id, why }, token);
    expect((await listRecords(client, table, 5)).map(({ id }) => id)).toEqual(["5", "4", "3", "2", "1"]);
    expect((await listRecords(client, table, 4)).map(({ id }) => id)).toEqual(["5", "4", "3", "2"]);
  });

  it("that have ended stay as they are, and take the same end again", async () => {
    const { startedAt: at } = record;
    await saveRecord(client, table, record, token);
    const ended = recordAfter(record, { kind: "ended", at, outcome: "rolled-back", why: "errors" });
    await saveRecord(client, table, ended, token);
    await saveRecord(client, table, ended, token);
    for (const late of [record, { ...ended, why: "another" }]) {
      await expect(saveRecord(client, table, late, token)).rejects.toMatchObject({
        code: "failed",
        message: expect.stringContaining(record.id) as string,
      });
    }
    expect(await latestRecord(client, table)).toEqual(ended);
  });

  it("and the lock stay apart", async () => {
    await giveLockBack(client, table, token, []);
    const mine = await take("release v2");
    expect(await listRecords(client, table, 10)).toEqual([]);
    await saveRecord(client, table, record, mine.token);
    await mine.check();
    await mine.release();
    expect(await latestRecord(client, table)).toEqual(record);
  });
});
