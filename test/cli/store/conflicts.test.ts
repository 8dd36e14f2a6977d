import {
  ConditionalCheckFailedException,
  TransactionCanceledException,
  TransactionConflictException,
} from "@aws-sdk/client-dynamodb";
import { retryConflicts } from "../../../cli/store/conflicts.ts";

const mockPauses: number[] = [];
jest.mock("node:timers/promises", () => ({ setTimeout: (ms: number) => Promise.resolve(void mockPauses.push(ms)) }));
beforeEach(() => (mockPauses.length = 0));

const $metadata = {};
const conflict = new TransactionConflictException({ message: "conflict", $metadata });
const cancelled = (...codes: (string | undefined)[]) =>
  new TransactionCanceledException({ message: "no", $metadata, CancellationReasons: codes.map((Code) => ({ Code })) });

/** Writes until an answer comes that is no error. */
const written = (...answers: unknown[]) => {
  const left = [...answers];
  const write = jest.fn(() => {
    const answer = left.shift();
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  });
  return { write, end: retryConflicts(write) };
};

test("given a write that meets no other, then it is made once", async () => {
  const { write, end } = written("done");
  expect(await end).toBe("done");
  expect(write).toHaveBeenCalledTimes(1);
  expect(mockPauses).toEqual([]);
});

test.each([
  ["a transaction on the same item", conflict],
  ["another transaction", cancelled("None", "TransactionConflict")],
])("given a write that meets %s, then it is made again after a pause", async (_, error) => {
  expect(await written(error, "done").end).toBe("done");
  expect(mockPauses).toEqual([50]);
});

test("given conflicts without end, then it gives up after five tries, each after a longer pause", async () => {
  const { write, end } = written(...Array.from({ length: 9 }, () => conflict));
  await expect(end).rejects.toBe(conflict);
  expect(write).toHaveBeenCalledTimes(5);
  expect(mockPauses).toEqual([50, 100, 150, 200]);
});

test.each([
  ["a condition that does not hold", cancelled("ConditionalCheckFailed", "None")],
  ["a condition that does not hold, beside a conflict", cancelled("ConditionalCheckFailed", "TransactionConflict")],
  ["no reasons", new TransactionCanceledException({ message: "no", $metadata })],
  ["an item's own condition", new ConditionalCheckFailedException({ message: "no", $metadata })],
  ["a network that is gone", new Error("connect ECONNREFUSED")],
])("fails at once for %s: another try would change nothing", async (_, error) => {
  const { write, end } = written(error, "done");
  await expect(end).rejects.toBe(error);
  expect(write).toHaveBeenCalledTimes(1);
});
