import { Hooks } from "../../../../packages/local-aws/autoscaling/hooks.ts";
import type { Group, Hook } from "../../../../packages/local-aws/autoscaling/model.ts";
import { Clock } from "../../../../packages/local-aws/clock.ts";

const launching = "autoscaling:EC2_INSTANCE_LAUNCHING" as const;

function groupWith(...hooks: Partial<Hook>[]): Group {
  const entries = hooks.map((more, index) => {
    const hook: Hook = { name: `h${index}`, transition: launching, heartbeatTimeout: 300, defaultResult: "ABANDON" };
    return [`h${index}`, { ...hook, ...more }] as const;
  });
  return { name: "g", hooks: new Map(entries) } as Group;
}

const reference = { AutoScalingGroupName: "g", LifecycleHookName: "h0", InstanceId: "i-1" };
const abandoned = /^Lifecycle Action with token [0-9a-f-]{36} was abandoned: /;

let hooks: Hooks;
beforeEach(() => {
  jest.useFakeTimers();
  hooks = new Hooks(new Clock(10));
});
afterEach(() => jest.useRealTimers());

test("without a hook on the transition it goes on at once", async () => {
  const group = groupWith({ transition: "autoscaling:EC2_INSTANCE_TERMINATING" });
  expect(await hooks.wait(group, "i-1", launching)).toBeUndefined();
});

test.each<[string, "CONTINUE" | "ABANDON", RegExp | undefined]>([
  ["goes on", "CONTINUE", undefined],
  ["is given up", "ABANDON", /was abandoned: Lifecycle Action Completed with ABANDON Result$/],
])("an answer: it %s", async (_, result, reason) => {
  const waiting = hooks.wait(groupWith({}), "i-1", launching);
  hooks.complete(reference, result);
  const told = await waiting;
  if (!reason) return expect(told).toBeUndefined();
  expect(told).toMatch(reason);
  expect(told).toMatch(abandoned);
});

test.each<["CONTINUE" | "ABANDON", RegExp | undefined]>([
  ["CONTINUE", undefined],
  ["ABANDON", /was abandoned: Heartbeat Timeout$/],
])("given no answer, then it ends with the default result %s, in AWS's time", async (defaultResult, reason) => {
  let ended = false;
  const waiting = hooks.wait(groupWith({ defaultResult }), "i-1", launching).finally(() => (ended = true));
  await jest.advanceTimersByTimeAsync(29_000);
  expect(ended).toBe(false);
  await jest.advanceTimersByTimeAsync(1_000);
  expect(ended).toBe(true);
  const told = await waiting;
  if (reason) expect(told).toMatch(reason);
  else expect(told).toBeUndefined();
});

test("a heartbeat starts the time-out again", async () => {
  let ended = false;
  void hooks.wait(groupWith({}), "i-1", launching).then(() => (ended = true));
  await jest.advanceTimersByTimeAsync(29_000);
  hooks.heartbeat(reference);
  await jest.advanceTimersByTimeAsync(29_000);
  expect(ended).toBe(false);
  await jest.advanceTimersByTimeAsync(1_000);
  expect(ended).toBe(true);
});

test("each hook is waited for, and one ABANDON decides", async () => {
  const waiting = hooks.wait(groupWith({}, {}), "i-1", launching);
  hooks.complete({ ...reference, LifecycleHookName: "h1" }, "ABANDON");
  hooks.complete(reference, "CONTINUE");
  expect(await waiting).toMatch(abandoned);
});

describe("an answer is refused, in AWS's words,", () => {
  test.each<[string, Partial<Parameters<Hooks["complete"]>[0]>, string]>([
    ["for an instance that doesn't wait", { InstanceId: "i-2" }, "instance ID i-2"],
    ["for another hook", { LifecycleHookName: "other" }, "instance ID i-1"],
    ["for another group", { AutoScalingGroupName: "other" }, "instance ID i-1"],
    ["by a token that isn't its own", { LifecycleActionToken: "t" }, "token t"],
  ])("%s", async (_, wrong, by) => {
    const waiting = hooks.wait(groupWith({}), "i-1", launching);
    expect(() => hooks.complete({ ...reference, ...wrong }, "CONTINUE")).toThrow(
      `No active Lifecycle Action found with ${by}`,
    );
    hooks.forget("i-1");
    await waiting;
  });

  test("a second time", async () => {
    const waiting = hooks.wait(groupWith({}), "i-1", launching);
    hooks.complete(reference, "CONTINUE");
    expect(() => hooks.complete(reference, "CONTINUE")).toThrow("No active Lifecycle Action found");
    await waiting;
  });
});

test("an instance that is taken out is waited for no longer", async () => {
  const waiting = hooks.wait(groupWith({}), "i-1", launching);
  hooks.forget("i-1");
  expect(await waiting).toMatch(abandoned);
  expect(() => hooks.complete(reference, "CONTINUE")).toThrow("No active Lifecycle Action found");
});
