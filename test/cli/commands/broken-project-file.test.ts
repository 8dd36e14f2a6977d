import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { withLockedStack, type Context } from "../../../cli/commands/context.ts";
import { RolloutContext } from "../../../cli/rollout/context.ts";
import type { LockKind } from "../../../cli/state/model.ts";
import { world } from "../worlds.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "broken-"));
  writeFileSync(path.join(folder, "bluegreen.yaml"), "freeze: always");
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  jest.restoreAllMocks();
});

/** How a command of a kind ends, and whether it took the lock. */
async function attempt(kind: LockKind): Promise<{ end: unknown; locked: boolean }> {
  const session = { signal: new AbortController().signal, stackRef: { folder } };
  const context = { open: () => Promise.resolve(session) } as unknown as Context;
  const rollout = { session, world: world(), close: () => Promise.resolve() } as unknown as RolloutContext;
  const open = jest.spyOn(RolloutContext, "open").mockResolvedValue(rollout);
  const end: unknown = await withLockedStack(context, { doing: "x", kind }, () => Promise.resolve("done")).catch(
    (error: unknown) => error,
  );
  return { end, locked: open.mock.calls.length > 0 };
}

test("given a project file that is wrong, when a command would change the stack, then it is told before the stack is locked", async () => {
  const { end, locked } = await attempt("change");
  expect(end).toMatchObject({
    code: "usage",
    message: expect.stringContaining('line 1: freeze: "always". Allowed: a list of times') as string,
  });
  expect(locked).toBe(false);
});

test("given the same, when a rollback comes, then it goes", async () =>
  expect(await attempt("rollback")).toEqual({ end: "done", locked: true }));
