import { isLeftLocked, leftBy, together, without } from "../../../cli/store/abandoned.ts";
import type { ProcessState } from "../../../cli/store/holder.ts";
import { abandoned, holder, lock } from "./facts.ts";

const { engine } = abandoned;
const other = { ...abandoned, engine: { ...engine, pid: 5000 } };
const stateHeldBy = { host: "laptop", pid: 4712, at: "2026-11-21T10:00:02Z" };
const halfAnHour = 30 * 60_000;
const is = (state: ProcessState) => () => state;

test.each([
  ["its engine, that is dead", stateHeldBy, 0, "dead", true],
  ["its engine, that lives", stateHeldBy, halfAnHour + 1, "alive", false],
  ["its engine on another machine, not heard of for 30 minutes", stateHeldBy, halfAnHour, "unknown", false],
  ["its engine on another machine, not heard of for longer", stateHeldBy, halfAnHour + 1, "unknown", true],
  ["another process of that host: somebody's pulumi up", { ...stateHeldBy, pid: 4713 }, 0, "dead", false],
  ["the same number on another host", { ...stateHeldBy, host: "desk" }, 0, "dead", false],
  ["a later process with the same number", { ...stateHeldBy, at: "2026-11-21T10:05:01Z" }, 0, "dead", false],
  ["an earlier process with the same number", { ...stateHeldBy, at: "2026-11-21T09:54:59Z" }, 0, "dead", false],
  ["its engine, by a clock with another zone", { ...stateHeldBy, at: "2026-11-21T12:00:02+02:00" }, 0, "dead", true],
  ["an engine with a time that can't be read", { ...stateHeldBy, at: "" }, 0, "dead", false],
] as const)("given the state locked by %s, whether it may be released", (_, by, now, state, may) => {
  expect(isLeftLocked(by, [other, abandoned], now, is(state))).toBe(may);
});

test("given an engine on another machine whose holder saw it end, then the state that it holds may be released at once", () =>
  expect(isLeftLocked(stateHeldBy, [{ ...abandoned, ended: true }], 0, is("unknown"))).toBe(true));

test.each([
  ["while it was heard of, long after its start", "2026-11-21T10:25:00Z", true],
  ["by a later process with the same number", "2026-11-21T10:25:01Z", false],
])("given an engine that was frozen, and the state locked %s, whether it may be released", (_, at, may) => {
  const frozen = { ...abandoned, heard: Date.parse("2026-11-21T10:20:00Z") };
  expect(isLeftLocked({ ...stateHeldBy, at }, [frozen], 0, is("dead"))).toBe(may);
});

test("given nothing that was left behind, no state may be released", () => {
  expect(isLeftLocked(stateHeldBy, [], halfAnHour * 2, is("dead"))).toBe(false);
});

test("given a lock, its engine is left behind, last heard of when it was renewed", () => {
  expect(leftBy(lock)).toEqual([]);
  expect(leftBy({ ...lock, engine, expires: 90_000 })).toEqual([{ holder, engine, heard: 30_000 }]);
  expect(leftBy({ ...lock, abandoned: [other] })).toEqual([other]);
  expect(leftBy({ ...lock, engine, abandoned: [other], expires: 90_000 })).toEqual([
    other,
    { holder, engine, heard: 30_000 },
  ]);
});

test("given an engine twice, it was last heard of at the later time", () => {
  const later = { ...abandoned, heard: 5 };
  expect(together([later, other], [abandoned])).toEqual([other, later]);
});

test("given an engine, the others are all but that", () => {
  expect(without([abandoned, other], engine)).toEqual([other]);
  expect(without([abandoned, other], undefined)).toEqual([abandoned, other]);
});
