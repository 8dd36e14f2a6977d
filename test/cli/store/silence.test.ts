import { isLeftLocked } from "../../../cli/store/abandoned.ts";
import { isRollback, waitingFor } from "../../../cli/store/lock.ts";
import { abandoned, lock } from "./facts.ts";

const stateHeldBy = { host: "laptop", pid: 4712, at: "2026-11-21T10:00:02Z" };
const halfAnHour = 30 * 60_000;
const heard = Date.parse("2026-11-21T10:00:10Z");

test.each([
  ["half an hour", halfAnHour, false],
  ["longer than half an hour", halfAnHour + 1, true],
])(
  "given an engine of another machine, silent for %s since it was last heard of, whether its state may be released",
  (_, silent, may) =>
    expect(isLeftLocked(stateHeldBy, [{ ...abandoned, heard }], heard + silent, () => "unknown")).toBe(may),
);

test("given a state locked five minutes before the engine's start, by a clock that is behind, then it is the engine's", () =>
  expect(isLeftLocked({ ...stateHeldBy, at: "2026-11-21T09:55:00Z" }, [abandoned], 0, () => "dead")).toBe(true));

test("given a lock that is watched, then the user is told whose it is, and for how long at most", () => {
  const said = waitingFor(lock);
  for (const part of [lock.holder.by, lock.doing, "process 4711 on laptop", "60 s at most"])
    expect(said).toContain(part);
});

test.each([
  ["no lock", undefined, false],
  ["a change's", lock, false],
  ["a rollback's, to which all else gives way", { ...lock, kind: "rollback" }, true],
  ["a rollback's that was given back", { ...lock, kind: "rollback", released: true }, false],
] as const)("given %s, whether a rollback has the stack", (_, found, expected) =>
  expect(isRollback(found)).toBe(expected),
);
