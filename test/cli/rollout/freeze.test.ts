import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { CliError } from "../../../cli/error.ts";
import type { RolloutContext } from "../../../cli/rollout/context.ts";
import { requireUnfrozen } from "../../../cli/rollout/freeze.ts";
import { isFrozen } from "../../../cli/rollout/memory.ts";
import type { Next } from "../../../cli/rollout/next.ts";
import type { PauseRecord } from "../../../cli/state/model.ts";
import { now, world } from "../worlds.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "freeze-"));
  // `now` is a Saturday.
  const freeze = "freeze: [{ from: fri 16:00, to: mon 08:00, timeZone: Europe/Berlin, reason: nobody is there }]";
  writeFileSync(path.join(folder, "bluegreen.yaml"), freeze);
});
afterEach(() => rmSync(folder, { recursive: true }));

const said: string[] = [];
function rolloutAt(awsTime: number, duringFreeze?: string): RolloutContext {
  said.length = 0;
  const ui = { say: (line: string) => void said.push(line) };
  const session = { stackRef: { folder }, ui, holder: { by: "ann@laptop" } };
  return { session, world: world({ at: 0, awsTime }), duringFreeze } as unknown as RolloutContext;
}
const day = 86_400_000;

test("given a freeze, when a command goes forward, then it is refused with reason and end, for people and for machines", () => {
  let refused: CliError | undefined;
  try {
    requireUnfrozen(rolloutAt(now));
  } catch (error) {
    refused = error as CliError;
  }
  expect(refused).toMatchObject({
    code: "frozen",
    message:
      'Nothing was changed: dev is frozen until 2026-11-23 08:00 Europe/Berlin (nobody is there). Give the same command again then, or go on now: --during-freeze "why". bluegreen rollback works at any time.',
    details: { reason: "nobody is there", until: "2026-11-23T07:00:00.000Z" },
  });
});

test("given a freeze, when somebody says why, then it goes on, and the record gets who, why and which freeze", () => {
  const rollout = rolloutAt(now, "a hole in the login");
  const override = {
    at: new Date(now).toISOString(),
    by: "ann@laptop",
    why: "a hole in the login",
    reason: "nobody is there",
    until: "2026-11-23T07:00:00.000Z",
  };
  expect(requireUnfrozen(rollout)).toEqual(override);
  expect(rollout.freeze).toEqual(override);
});

test("given none, when somebody says why, then it goes on, and they are told that there is none", () => {
  expect(requireUnfrozen(rolloutAt(now + 3 * day, "a hole"))).toBeUndefined();
  expect(said).toEqual(["No freeze holds now: --during-freeze is not needed."]);
});

const pause = (then: PauseRecord["then"]) => ({ then }) as PauseRecord;
test.each<[Next, boolean]>([
  [{ kind: "stage", color: "green", previewSize: 0 }, true],
  [{ kind: "check", color: "green" }, true],
  [{ kind: "shift", color: "green", weight: 10 }, true],
  [{ kind: "hold", color: "green", seconds: 1 }, true],
  [{ kind: "flip", color: "green" }, true],
  [{ kind: "retire", color: "blue" }, true],
  [{ kind: "expire", pause: pause("continue") }, true],
  [{ kind: "expire", pause: pause("rollback") }, false],
  [{ kind: "rollback", to: "blue", why: "errors" }, false],
  [{ kind: "recover", why: "pending" }, false],
  [{ kind: "bake", color: "green", seconds: 1 }, false],
  [{ kind: "done", color: "green" }, false],
])("a freeze and the step %j: refused is %s", (next, frozen) => expect(isFrozen(next)).toBe(frozen));
