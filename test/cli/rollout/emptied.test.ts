import type { Instance } from "@aws-sdk/client-auto-scaling";
import { emptied } from "../../../cli/rollout/emptied.ts";
import type { Session } from "../../../cli/session.ts";

/** Milliseconds that have passed. */
let clock = 0;
jest.mock("node:timers/promises", () => ({ setTimeout: (ms: number) => Promise.resolve(void (clock += ms)) }));
beforeEach(() => {
  clock = 0;
  jest.spyOn(Date, "now").mockImplementation(() => clock);
});
afterEach(() => jest.restoreAllMocks());

const instance = (InstanceId: string, LifecycleState: string, ProtectedFromScaleIn = false) =>
  ({ InstanceId, LifecycleState, ProtectedFromScaleIn }) as Instance;

/**
 * Waits for a group whose instances are these by the milliseconds that have passed.
 * @param denied why protection can't be lifted
 */
async function wait(instances: (ms: number, lifted: boolean) => Instance[] | undefined, denied?: string) {
  const lifted: unknown[] = [];
  const kept: string[] = [];
  const answers: Record<string, (input: object) => object> = {
    DescribeAutoScalingGroupsCommand: (input) => {
      expect(input).toEqual({ AutoScalingGroupNames: ["g"] });
      const found = instances(clock, lifted.length > 0);
      return { AutoScalingGroups: found ? [{ Instances: found }] : [] };
    },
    SetInstanceProtectionCommand: (input) => {
      if (denied) throw new Error(denied);
      lifted.push(input);
      return {};
    },
  };
  const send = (command: { input: object }) => {
    const answer = answers[command.constructor.name];
    if (!answer) throw new Error(`nobody expected ${command.constructor.name}`);
    return Promise.resolve().then(() => answer(command.input));
  };
  const session = { clients: { autoScaling: { send }, elb: {} }, signal: new AbortController().signal };
  const tell = { now: () => undefined, keep: (line: string) => kept.push(line) };
  const end = await emptied(session as unknown as Session, "blue", "g", tell).then(
    () => "empty",
    ({ code, message }: { code: string; message: string }) => `${code}: ${message}`,
  );
  return { end, lifted, kept, seconds: clock / 1000 };
}

test.each<[string, Instance[] | undefined]>([
  ["is empty", []],
  ["is gone", undefined],
  ["holds what drains", [instance("i-1", "Terminating"), instance("i-2", "Terminating:Wait")]],
])("given a group that %s, then nothing is waited for", async (_, found) =>
  expect(await wait(() => found)).toEqual({ end: "empty", lifted: [], kept: [], seconds: 0 }),
);

test("given instances that Auto Scaling has not come to yet, then they are waited for", async () => {
  const { end, seconds } = await wait((ms) => [instance("i-1", ms < 30_000 ? "InService" : "Terminating")]);
  expect([end, seconds]).toEqual(["empty", 30]);
});

test("given scale-in protection, then it is lifted, once, and said", async () => {
  const { end, lifted, kept } = await wait((ms, isLifted) =>
    isLifted && ms >= 5_000 ? [] : [instance("i-1", "InService", !isLifted), instance("i-2", "InService")],
  );
  expect(end).toBe("empty");
  expect(lifted).toEqual([{ AutoScalingGroupName: "g", InstanceIds: ["i-1"], ProtectedFromScaleIn: false }]);
  expect(kept).toEqual(["lifted the scale-in protection of i-1"]);
});

test("fails where protection can't be lifted, and names what stays", async () => {
  const { end, kept, seconds } = await wait(() => [instance("i-1", "InService", true)], "AccessDenied");
  expect(kept).toEqual(["the scale-in protection of i-1 can't be lifted: AccessDenied"]);
  expect(end).toMatch(/^failed: blue gets no requests, .* i-1 \(InService, protected from scale-in\)\. End those/);
  expect(seconds).toBeGreaterThan(119);
});

test("fails at once for an instance in Standby, which nobody else takes out of it", async () => {
  const { end, seconds } = await wait(() => [instance("i-1", "Terminating"), instance("i-2", "Standby")]);
  expect(end).toMatch(/stay and cost: i-2 \(Standby\)\. .*exit-standby/);
  expect(seconds).toBe(0);
});
