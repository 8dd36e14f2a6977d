import { answerHook, type AnswerParts } from "../../../packages/boot-gate/answer.ts";
import type { Answered } from "../../../packages/boot-gate/answered.ts";
import type { HookAnswer } from "../../../packages/boot-gate/hook.ts";
import type { Instance } from "../../../packages/boot-gate/imds.ts";
import { fakeClock } from "./fake-clock.ts";

const instanceId = "i-0123456789abcdef0";
const member: Instance = { instanceId, region: "eu-central-1", group: { kind: "named", name: "blue" } };
const notYet = named("ValidationError", `No active Lifecycle Action found with instance ID ${instanceId}`);
const denied = named("AccessDenied", "User is not authorized to perform: autoscaling:CompleteLifecycleAction");
const unreachable = named("TimeoutError", "connect ECONNREFUSED");

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

/** The world: what each reading and each call finds, the last one again and again; `sent` tells the calls. */
function world(readings: (Instance | Error)[], calls: (Error | "ok")[], already?: string) {
  const sent: HookAnswer[] = [];
  const told: string[] = [];
  const next = <T>(list: T[]): T => (list.length > 1 ? (list.shift() as T) : list[0]);
  let remembered = already;
  const answered: Answered = { read: () => remembered, write: (id) => void (remembered = id) };
  const clock = fakeClock();
  const parts: AnswerParts = {
    readInstance: () => {
      const reading = next(readings);
      return reading instanceof Error ? Promise.reject(reading) : Promise.resolve(reading);
    },
    complete: (answer) => {
      sent.push(answer);
      const call = next(calls);
      return call === "ok" ? Promise.resolve() : Promise.reject(call);
    },
    answered,
    clock,
    retrying: (why) => void told.push(why),
  };
  return { parts, sent, told, clock, remembered: () => remembered };
}

const signal = new AbortController().signal;
const answer = (parts: AnswerParts, passed = true, until = 60_000) =>
  answerHook(parts, passed ? { passed } : { passed, reason: "r" }, until, signal);

it.each([
  [true, "CONTINUE"],
  [false, "ABANDON"],
] as const)("answers a verdict of %s with %s, once, and remembers it", async (passed, result) => {
  const { parts, sent, remembered } = world([member], ["ok"]);
  const expected = { region: "eu-central-1", group: "blue", instanceId, result };
  expect(await answer(parts, passed)).toEqual({ kind: "answered", answer: expected });
  expect(sent).toEqual([expected]);
  expect(remembered()).toBe(instanceId);
});

it.each<[string, Error]>([
  ["the instance is not waited for yet", notYet],
  ["its role's policy has not arrived yet", denied],
  ["the API is out of reach", unreachable],
])("tries again while %s", async (_, error) => {
  const { parts, sent, told, clock } = world([member], [error, error, error, "ok"]);
  expect(await answer(parts)).toMatchObject({ kind: "answered" });
  expect(sent).toHaveLength(4);
  expect(told).toHaveLength(3);
  expect(told[0]).toContain(error.message);
  expect(clock.pauses).toEqual([500, 1_000, 2_000]);
});

it("tries again while the metadata is late", async () => {
  const late: Instance = { ...member, group: { kind: "unknown" } };
  const { parts, sent, told } = world([new Error("fetch failed"), late, member], ["ok"]);
  expect(await answer(parts)).toMatchObject({ kind: "answered" });
  expect(sent).toHaveLength(1);
  expect(told).toEqual(["Error: fetch failed", expect.stringContaining("no tag aws:autoscaling:groupName")]);
});

it.each<[string, (Instance | Error)[], Error | "ok", string]>([
  ["the API stays out of reach", [member], unreachable, "TimeoutError: connect ECONNREFUSED"],
  ["the right to answer never comes", [member], denied, "AccessDenied: User is not authorized"],
  ["the metadata never answers", [new Error("fetch failed")], "ok", "Error: fetch failed"],
  ["the group's name never comes", [{ ...member, group: { kind: "unknown" } }], "ok", "the instance is in a group"],
])("fails when %s, by the end of the time and not after it", async (_, readings, call, why) => {
  const { parts, clock, remembered } = world(readings, [call]);
  const outcome = await answer(parts);
  expect(outcome).toMatchObject({ kind: "failed", why: expect.stringContaining(why) as string });
  expect(clock.now()).toBeLessThanOrEqual(60_000);
  expect(clock.now()).toBeGreaterThan(50_000);
  expect(Math.max(...clock.pauses)).toBe(8_000);
  expect(remembered()).toBeUndefined();
});

it("is no failure when no hook ever waits", async () => {
  const { parts, remembered } = world([member], [notYet]);
  const why = `no launch hook is waiting: No active Lifecycle Action found with instance ID ${instanceId}`;
  expect(await answer(parts)).toMatchObject({ kind: "none", why });
  expect(remembered()).toBeUndefined();
});

it.each<[string, Instance, string | undefined]>([
  ["in no group", { ...member, group: { kind: "none" } }, undefined],
  ["after a reboot", member, instanceId],
])("sends nothing %s, and does not wait", async (_, instance, already) => {
  const { parts, sent, clock } = world([instance], ["ok"], already);
  expect(await answer(parts)).toMatchObject({ kind: "none" });
  expect(sent).toEqual([]);
  expect(clock.pauses).toEqual([]);
});

it("sends nothing more once it is told to end", async () => {
  const stop = new AbortController();
  const { parts, sent } = world([member], ["ok"]);
  const complete = (hookAnswer: HookAnswer): Promise<void> => {
    sent.push(hookAnswer);
    stop.abort();
    return Promise.reject(notYet);
  };
  await expect(answerHook({ ...parts, complete }, { passed: true }, 60_000, stop.signal)).rejects.toThrow("aborted");
  await expect(answerHook(parts, { passed: true }, 60_000, stop.signal)).rejects.toThrow("aborted");
  expect(sent).toHaveLength(1);
});

it("lets an answer that is under way come to its end when it is told to end", async () => {
  const stop = new AbortController();
  const { parts, remembered } = world([member], ["ok"]);
  const complete = () => Promise.resolve(stop.abort());
  const outcome = await answerHook({ ...parts, complete }, { passed: true }, 60_000, stop.signal);
  expect(outcome).toMatchObject({ kind: "answered" });
  expect(remembered()).toBe(instanceId);
});
