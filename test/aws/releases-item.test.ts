import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { clientOptions } from "../../aws/clients.ts";
import { itemReader } from "../../aws/releases-item.ts";

const reader = () => itemReader(clientOptions({ region: "eu-central-1", accessKey: "k", secretKey: "s" }));

interface Options {
  abortSignal: AbortSignal;
}

let asked: object[];
let clients: Set<unknown>;
let signal: AbortSignal;
let answer: () => Promise<object>;
beforeEach(() => {
  [asked, clients] = [[], new Set()];
  answer = () => Promise.resolve({ Item: { token: { S: "t" } } });
  jest.spyOn(DynamoDBClient.prototype, "send").mockImplementation(function (
    this: unknown,
    { input }: { input: object },
    { abortSignal }: Options,
  ) {
    asked.push(input);
    clients.add(this);
    signal = abortSignal;
    return answer();
  } as never);
});
afterEach(() => jest.restoreAllMocks());

test("reads the item as it is now, and AWS's time with it", async () => {
  const before = Date.now();
  const { item, at } = await reader()("releases", "lock");
  expect(item).toEqual({ token: { S: "t" } });
  expect(at).toBeGreaterThanOrEqual(before);
  expect(at).toBeLessThanOrEqual(Date.now());
  expect(asked).toEqual([
    { TableName: "releases", Key: { pk: { S: "lock" }, sk: { S: "release" } }, ConsistentRead: true },
  ]);
});

test("given there is none, then that is the answer", async () => {
  answer = () => Promise.resolve({});
  expect((await reader()("releases", "settings")).item).toBeUndefined();
});

test("one client asks all questions", async () => {
  const read = reader();
  await read("releases", "lock");
  await read("releases", "settings");
  expect(clients.size).toBe(1);
  expect(asked).toMatchObject([{ Key: { pk: { S: "lock" } } }, { Key: { pk: { S: "settings" } } }]);
});

test("AWS's errors pass through", async () => {
  answer = () => Promise.reject(new Error("throttled"));
  await expect(reader()("releases", "lock")).rejects.toThrow("throttled");
});

test("it gives up after 8 s: somebody waits for the answer", async () => {
  const timeout = jest.spyOn(AbortSignal, "timeout");
  await reader()("releases", "lock");
  expect(timeout.mock.calls).toEqual([[8_000]]);
  expect(signal).toBe(timeout.mock.results[0]?.value);
});
