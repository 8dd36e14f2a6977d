import { type DynamoDBClient, GetItemCommand, TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { lastRevision, writeRevision } from "../../../cli/store/revision.ts";
import { writeLock } from "../../../cli/store/lock-item.ts";
import type { ReleaseSettings } from "../../../cli/state/model.ts";
import { lock } from "./facts.ts";
import { motoTable } from "./moto-table.ts";

const moto = motoTable();
let client: DynamoDBClient;
let table: string;
beforeEach(async () => {
  [client, table] = [moto.client(), moto.table()];
  await writeLock(client, table, { ...lock, token: "mine" }, undefined, false);
});

const settings: ReleaseSettings = {
  activeColor: "blue",
  blueAmi: "ami-1",
  greenAmi: "ami-2",
  standby: "warm",
  standbyWeight: 0,
  capacityFloor: 3,
  previewSize: 0,
};
const write = (more: Partial<ReleaseSettings> = {}, token = "mine") =>
  writeRevision(client, table, { ...settings, ...more }, "alice@desk", token);

test("given a stack that no command has changed, when one writes, then it is the first revision, and the next the second", async () => {
  expect(await lastRevision(client, table)).toBeUndefined();
  expect(await write()).toBe(1);
  expect(await write({ activeColor: "green" })).toBe(2);
  expect(await lastRevision(client, table)).toEqual({
    revision: 2,
    settings: { ...settings, activeColor: "green" },
    by: "alice@desk",
    at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
  });
});

test("fails once the lock is another's, and what that one wrote stays", async () => {
  await write();
  await writeLock(client, table, { ...lock, token: "theirs" }, { ...lock, token: "mine" }, true);
  await write({ activeColor: "green" }, "theirs");
  await expect(write()).rejects.toMatchObject({
    code: "locked",
    message: expect.stringMatching(/^The lock is/) as string,
  });
  expect(await lastRevision(client, table)).toMatchObject({ revision: 2, settings: { activeColor: "green" } });
});

test("fails after 8 s when the table does not answer, and nothing is written", async () => {
  const patience = jest.spyOn(AbortSignal, "timeout").mockReturnValue(AbortSignal.abort());
  await expect(write()).rejects.toMatchObject({ name: "AbortError" });
  expect(patience.mock.calls).toEqual([[8_000]]);
  jest.restoreAllMocks();
  expect(await lastRevision(client, table)).toBeUndefined();
});

describe("given another command that writes in between", () => {
  /** Does something once, between a command's look at the revision and its own write. */
  const between = (act: () => Promise<unknown>) => {
    const send = client.send.bind(client) as (...args: unknown[]) => Promise<unknown>;
    return jest.spyOn(client, "send").mockImplementation((async (command: unknown, options: unknown) => {
      const answer = await send(command, options);
      if (!(command instanceof GetItemCommand)) return answer;
      jest.restoreAllMocks();
      await act();
      return answer;
    }) as never);
  };
  afterEach(() => jest.restoreAllMocks());

  test.each([
    ["the first", 0],
    ["a later", 3],
  ])("fails when it writes %s revision at the same time", async (_, before) => {
    for (let count = 0; count < before; count++) await write();
    between(() => write({ activeColor: "green" }));
    await expect(write()).rejects.toMatchObject({
      code: "locked",
      message: expect.stringMatching(/^Another command wrote/) as string,
    });
    expect(await lastRevision(client, table)).toMatchObject({
      revision: before + 1,
      settings: { activeColor: "green" },
    });
  });

  test("when the lock is being renewed at the same time, then it is tried again", async () => {
    const conflict = new TransactionCanceledException({
      message: "conflict",
      $metadata: {},
      CancellationReasons: [{ Code: "TransactionConflict" }, { Code: "None" }],
    });
    between(() =>
      Promise.resolve(jest.spyOn(client, "send").mockImplementationOnce((() => Promise.reject(conflict)) as never)),
    );
    expect(await write()).toBe(1);
  });
});
