import { CreateTableCommand, DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { acquireLock, currentLock } from "../../../cli/ledger/acquire.ts";
import { thisHolder } from "../../../cli/ledger/holder.ts";
import { lockDecision } from "../../../cli/ledger/lock.ts";
import { deleteLock, readLock, renewLock, writeLock } from "../../../cli/ledger/lock-item.ts";
import { recordAfter } from "../../../cli/ledger/record.ts";
import { latestRecord, listRecords, openRecord, saveRecord } from "../../../cli/ledger/records.ts";
import { type Moto, startMoto } from "../../../rehearsal/cloud/moto.ts";
import { findMoto } from "../../../tools/moto.ts";
import { begun, lock as hers, record } from "./facts.ts";

// Against moto's DynamoDB: its conditions and its order decide, not a stand-in of ours.
let moto: Moto;
let client: DynamoDBClient;
let table: string;
let tables = 0;

beforeAll(async () => {
  moto = await startMoto(await findMoto(() => undefined), () => undefined);
  client = new DynamoDBClient({
    endpoint: moto.endpoint,
    region: "eu-central-1",
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
  });
}, 300_000);
afterAll(async () => {
  client?.destroy();
  await moto?.stop();
});
beforeEach(async () => {
  table = `releases-${++tables}`;
  await client.send(
    new CreateTableCommand({
      TableName: table,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [
        { AttributeName: "pk", AttributeType: "S" },
        { AttributeName: "sk", AttributeType: "S" },
      ],
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
    }),
  );
});

const holder = thisHolder({});
const nobody = (): never => {
  throw new Error("nobody may lose the lock here");
};
const take = (doing: string, more: { steal?: boolean; onLost?: () => void } = {}) =>
  acquireLock(client, table, { doing, holder, steal: more.steal }, more.onLost ?? nobody);
/** Puts a lock there as another host would have. */
const place = (lock: typeof hers) => writeLock(client, table, lock, undefined, false);
const inAMinute = () => Date.now() + 60_000;

describe("lock", () => {
  it("is one holder's until it is released", async () => {
    const first = await take("release v1");
    expect(first.before).toEqual({});
    expect(await currentLock(client, table)).toEqual({
      token: first.token,
      holder,
      doing: "release v1",
      since: expect.any(String) as string,
      expires: expect.any(Number) as number,
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
    ["that is stolen", { ...hers, expires: inAMinute() }],
  ])("goes to one of two who want one %s at the same time", async (_, found) => {
    if (found) await place(found);
    const steal = found !== undefined && found.expires > 1;
    const all = await Promise.allSettled(["a", "b", "c", "d"].map((doing) => take(doing, { steal })));
    const won = all.filter((result) => result.status === "fulfilled");
    // One who looks later may steal from the one who won: each lock goes to one all the same.
    const before = won.map(({ value }) => (value.before.robbed ?? value.before.tookOver)?.token);
    expect(before.filter((token) => token === found?.token)).toHaveLength(1);
    expect(new Set(before).size).toBe(won.length);
    if (!steal) expect(won).toHaveLength(1);
    for (const result of all) if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "locked" });
    const last = won.find(({ value }) => !before.includes(value.token));
    expect((await readLock(client, table))?.token).toBe(last?.value.token);
    await last?.value.release();
  });

  it("is renewed for a minute from now", async () => {
    await place({ ...hers, expires: 1 });
    expect(await renewLock(client, table, "hers", 2)).toBe(true);
    expect(await readLock(client, table)).toEqual({ ...hers, expires: 2 });
    const mine = await take("release v2");
    const before = Date.now();
    await mine.check();
    expect((await readLock(client, table))?.expires).toBeGreaterThanOrEqual(before + 60_000);
    expect((await readLock(client, table))?.expires).toBeLessThanOrEqual(inAMinute());
    await mine.release();
  });

  it("that was left behind goes to the next, who learns of it", async () => {
    const left = { ...hers, expires: 1 };
    await place(left);
    expect(await currentLock(client, table)).toBeUndefined();
    const mine = await take("release v2");
    expect(mine.before).toEqual({ tookOver: left });
    await mine.release();
  });

  it("of a process of this machine that is gone goes to the next at once", async () => {
    const left = { ...hers, expires: inAMinute(), holder: { ...holder, birth: `${holder.birth}0`, pid: 2 ** 30 } };
    await place(left);
    const mine = await take("release v2");
    expect(mine.before).toEqual({ tookOver: left });
    await mine.release();
  });

  it("that was renewed since it was found is not taken over, and can be stolen all the same", async () => {
    const found = { ...hers, expires: 1 };
    await place(found);
    await renewLock(client, table, "hers", 2);
    const mine = { ...hers, token: "mine" };
    expect(await writeLock(client, table, mine, found, false)).toBe(false);
    expect((await readLock(client, table))?.token).toBe("hers");
    expect(await writeLock(client, table, mine, found, true)).toBe(true);
    expect((await readLock(client, table))?.token).toBe("mine");
  });

  it("that was robbed stops its holder, who leaves the robber's alone", async () => {
    const onLost = jest.fn();
    const robbed = await take("release v2", { onLost });
    const robber = await take("rollback", { steal: true });
    expect(robber.before).toEqual({ robbed: expect.objectContaining({ token: robbed.token }) as unknown });
    await expect(robbed.check()).rejects.toMatchObject({
      code: "failed",
      message: expect.stringContaining("(rollback)") as string,
    });
    expect(onLost).toHaveBeenCalledTimes(1);
    await robbed.release();
    await robber.check();
    await robber.release();
  });

  it("that is no longer there is lost, and is not made again", async () => {
    const onLost = jest.fn();
    const mine = await take("release v2", { onLost });
    const robber = await take("rollback", { steal: true });
    await robber.release();
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
    expect(mine.before).toEqual({});
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
    await expect(acquireLock(client, "none", { doing: "release", holder }, nobody)).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
  });
});

describe("records", () => {
  const token = "mine";
  beforeEach(() => place({ ...hers, token, expires: inAMinute() }));

  it.each([
    ["another's lock", "hers"],
    ["no lock", undefined],
  ])("given %s, when a record is written, then it is refused and nothing is kept", async (_, now) => {
    await deleteLock(client, table, token);
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
    await deleteLock(client, table, token);
    const mine = await take("release v2");
    expect(await listRecords(client, table, 10)).toEqual([]);
    await saveRecord(client, table, record, mine.token);
    await mine.check();
    await mine.release();
    expect(await latestRecord(client, table)).toEqual(record);
  });
});
