import { withLockedStack, type Context } from "../../../cli/commands/context.ts";
import { RolloutContext } from "../../../cli/rollout/context.ts";
import type { LockKind } from "../../../cli/state/model.ts";
import { world } from "../worlds.ts";

const variable = "BLUEGREEN_OVERRIDE";
const foreign = ["43 % to target group legacy"];
const close = jest.fn(() => Promise.resolve());
afterEach(() => {
  delete process.env[variable];
  jest.restoreAllMocks();
});

/** What became of a command's work, and what it said. */
async function attempt(kind: LockKind | undefined, elsewhere: readonly string[]) {
  const said: string[] = [];
  const ui = { say: (line: string) => said.push(line) };
  const session = { ui, signal: new AbortController().signal, stackRef: { folder: "/no/project/file" } };
  const context = { open: () => Promise.resolve(session) } as unknown as Context;
  const rollout = { session, world: world({ foreign: elsewhere }), close } as unknown as RolloutContext;
  jest.spyOn(RolloutContext, "open").mockResolvedValue(rollout);
  const end = await withLockedStack(context, { doing: "x", kind }, () => Promise.resolve("done")).catch(
    (error: unknown) => error,
  );
  return { end, said };
}

test("given somebody else's traffic on the listener, when a command begins, then it changes nothing and gives the stack back", async () => {
  const { end } = await attempt(undefined, foreign);
  expect(end).toMatchObject({
    code: "refused",
    message: expect.stringMatching(/^Nothing was changed: the listener also sends 43 % .*BLUEGREEN_OVERRIDE/) as string,
  });
  expect(close).toHaveBeenCalled();
});

test("given the override, then it goes on and says so", async () => {
  process.env[variable] = "they know";
  const { end, said } = await attempt(undefined, foreign);
  expect(end).toBe("done");
  expect(said).toEqual([
    expect.stringMatching(/^BLUEGREEN_OVERRIDE \("they know"\) overrides this: the listener also/),
  ]);
});

test.each<[string, LockKind | undefined, string[]]>([
  ["a rollback, which asks the gate alone", "rollback", foreign],
  ["no traffic but the stack's own", undefined, []],
])("goes on with %s", async (_, kind, elsewhere) => {
  expect(await attempt(kind, elsewhere)).toEqual({ end: "done", said: [] });
});
