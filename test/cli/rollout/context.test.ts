import type { LockListeners, LockRequest } from "../../../cli/store/acquire.ts";
import type { LockKind } from "../../../cli/state/model.ts";
import { RolloutContext } from "../../../cli/rollout/context.ts";
import type { Session } from "../../../cli/session.ts";
import { lock, world } from "../worlds.ts";
import { abandoned } from "../store/facts.ts";

const acquireLock = jest.fn<Promise<unknown>, [unknown, string, LockRequest, LockListeners]>();
jest.mock("../../../cli/store/acquire.ts", () => ({
  acquireLock: (...args: Parameters<typeof acquireLock>) => acquireLock(...args),
}));
const readLiveState = jest.fn((_: unknown, known: unknown) => Promise.resolve({ world: world(), recorded: known }));
jest.mock("../../../cli/state/read.ts", () => ({
  readLiveState: (...args: Parameters<typeof readLiveState>) => readLiveState(...args),
}));

const recorded = { outputs: { releases: { tableName: "releases" } } };
const say = jest.fn();
const session = {
  readState: () => Promise.resolve(recorded),
  clients: {},
  holder: lock().holder,
  interruption: new AbortController(),
  signal: new AbortController().signal,
  runner: {},
  ui: { say },
} as unknown as Session;
const open = (before: object, kind?: LockKind) => {
  const held = { before: { left: [], ...before } };
  acquireLock.mockResolvedValue(held);
  return { held, rollout: RolloutContext.open(session, { doing: "release", kind }) };
};
beforeEach(() => jest.clearAllMocks());

test("given a lock, then the runner learns by it which engines were left behind, and a wait for it is reported", async () => {
  const { held, rollout } = open({});
  await rollout;
  expect(session.runner.engines).toBe(held);
  const [, table, request, { onWait, signal }] = acquireLock.mock.calls[0];
  expect([table, request.kind, signal]).toEqual(["releases", "change", session.signal]);
  onWait("waiting");
  expect(say.mock.calls).toEqual([["waiting"]]);
});

test.each<[string, object, LockKind, boolean, boolean]>([
  ["a rollback of a stack that was not locked", {}, "rollback", false, false],
  ["a rollback that preempts another command", { preempted: lock() }, "rollback", true, true],
  ["a rollback after a command that died", { tookOver: lock() }, "rollback", true, true],
  ["a rollback after runs that never had the state", { left: [abandoned] }, "rollback", true, true],
  ["a rollback after runs that came to their end", { left: [{ ...abandoned, ended: true }] }, "rollback", false, false],
  ["a change of a stack that was not locked", {}, "change", true, false],
])(
  "given %s, then the state is read anew, or not, and an interrupted change is another command's, or not",
  async (_, before, kind, anew, theirs) => {
    const rollout = await open(before, kind).rollout;
    expect(readLiveState.mock.calls[0]?.[1]).toBe(anew ? undefined : recorded);
    expect(rollout.tookOver).toBe(theirs);
  },
);
