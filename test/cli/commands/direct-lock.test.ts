import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { tryLock } from "../../../cli/commands/direct-lock.ts";
import { acquireLock } from "../../../cli/store/acquire.ts";
import { CliError } from "../../../cli/error.ts";
import type { Session } from "../../../cli/session.ts";

jest.mock("../../../cli/store/acquire.ts", () => ({ acquireLock: jest.fn() }));
let endPatience: () => void;
jest.mock("node:timers/promises", () => ({
  setTimeout: (milliseconds: number) => {
    expect(milliseconds).toBe(5_000);
    return new Promise<void>((resolve) => (endPatience = resolve));
  },
}));
const acquire = jest.mocked(acquireLock);
const lock = { release: jest.fn(() => Promise.resolve()) };

const others = ["bluegreen-dev-releases", "bluegreen-dev-releases-more-0a1b2c3", "bluegreen-prod-releases-0a1b2c3"];
const ours = "bluegreen-dev-releases-4d5e6f7";

/** Tries to lock the stack dev where there are these tables. */
async function attempt(tables: () => Promise<string[]>) {
  const said: string[] = [];
  const dynamodb = new DynamoDBClient({ region: "eu-central-1" });
  dynamodb.send = async () => ({ TableNames: await tables() });
  const interruption = new AbortController();
  const session = {
    clients: { dynamodb },
    project: "bluegreen",
    environment: "dev",
    interruption,
    holder: "me",
    signal: interruption.signal,
    ui: { say: (line: string) => said.push(line) },
  } as unknown as Session;
  return { held: await tryLock(session, "rollback --direct"), said, session };
}

beforeEach(() => {
  acquire.mockReset().mockResolvedValue(lock as never);
  lock.release.mockClear();
});

test("the stack's own table is found by its name, and its lock is taken from its holder", async () => {
  const { held, said, session } = await attempt(() => Promise.resolve([...others, ours]));
  expect([held, said]).toEqual([lock, []]);
  expect(acquire.mock.calls[0].slice(0, 3)).toEqual([
    session.clients.dynamodb,
    ours,
    { doing: "rollback --direct", holder: "me", kind: "rollback" },
  ]);
});

test("given a lock that another command takes, then the watching ends", async () => {
  const { session } = await attempt(() => Promise.resolve([ours]));
  acquire.mock.calls[0][3].onLost(new CliError("failed", "taken"));
  expect(session.signal.reason).toMatchObject({ message: "taken" });
});

test.each<[string, () => Promise<string[]>, RegExp]>([
  ["there is none", () => Promise.resolve(others), /there is no table bluegreen-dev-releases-\*/],
  ["there are two", () => Promise.resolve([ours, "bluegreen-dev-releases-0000000"]), /there are several tables: /],
  ["AWS says no", () => Promise.reject(new Error("AccessDenied")), /AccessDenied/],
])("when %s, then that is said, and it goes on without", async (_, tables, why) => {
  const { held, said } = await attempt(tables);
  expect(held).toBeUndefined();
  expect(said).toEqual([expect.stringMatching(why)]);
  expect(said[0]).toMatch(/is not told to stop\.$/);
});

test("when the table does not answer within seconds, then it goes on without, and a late lock is given back", async () => {
  let answer: (tables: string[]) => void = () => undefined;
  const { held, said } = await attempt(() => {
    setImmediate(() => endPatience());
    return new Promise((resolve) => (answer = resolve));
  });
  expect([held, said]).toEqual([undefined, [expect.stringMatching(/no answer within 5 s/)]]);
  answer([ours]);
  await new Promise((resolve) => setImmediate(resolve));
  expect(lock.release).toHaveBeenCalledTimes(1);
});

test("fails when another rollback has it", async () => {
  acquire.mockRejectedValue(new CliError("locked", "another rollback"));
  await expect(attempt(() => Promise.resolve([ours]))).rejects.toMatchObject({ code: "locked" });
});
