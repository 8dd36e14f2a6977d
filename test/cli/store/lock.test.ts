import { lockDecision, lockedRefusal, lostRefusal, unprovenRefusal } from "../../../cli/store/lock.ts";
import { lock } from "./facts.ts";

const alive = () => true;
const dead = () => false;

test.each([
  ["no lock", undefined, 0, alive, "free"],
  ["one's own, also when its lease is over", { ...lock, token: "mine" }, 90_000, dead, "mine"],
  ["another's", lock, 59_999, alive, "held"],
  ["another's whose lease is over, by a clock that may be fast", lock, 60_000, alive, "silent"],
  ["another's whose lease has been over for 10 minutes", lock, 660_000, alive, "silent"],
  ["another's whose lease has been over for longer, by any clock that AWS accepts", lock, 660_001, alive, "abandoned"],
  ["another's whose process is gone", lock, 0, dead, "abandoned"],
  ["one that was given back", { ...lock, released: true }, 0, alive, "free"],
] as const)("%s", (_, found, now, isAlive, decision) => {
  expect(lockDecision(found, now, "mine", isAlive)).toBe(decision);
});

test("asks of the holder that it found", () => {
  const isAlive = jest.fn(() => true);
  lockDecision(lock, 0, undefined, isAlive);
  expect(isAlive).toHaveBeenCalledWith(lock.holder);
});

test.each([
  [
    lockedRefusal(lock),
    "locked",
    "ann@laptop works on this stack since 2026-11-21T10:00:00.000Z: release v2.0.0 (process 4711 on laptop). Wait until it " +
      "ends (bluegreen status --watch), or take the traffic back at once with bluegreen rollback. If that process is dead, " +
      "its lock ends within 60 s.",
  ],
  [
    lockedRefusal({ ...lock, kind: "rollback", doing: "rollback" }),
    "locked",
    "ann@laptop works on this stack since 2026-11-21T10:00:00.000Z: rollback (process 4711 on laptop). It takes the traffic " +
      "back, and gives way to nobody: wait until it ends (bluegreen status --watch). If that process is dead, its lock ends " +
      "within 60 s.",
  ],
  [
    lostRefusal("release v1.0.0", { ...lock, doing: "rollback" }),
    "failed",
    "release v1.0.0 stops here and changes nothing more: ann@laptop took over at 2026-11-21T10:00:00.000Z (rollback). See " +
      "bluegreen status.",
  ],
  [
    lostRefusal("release v1.0.0", undefined),
    "failed",
    "release v1.0.0 stops here and changes nothing more: Its lock was removed from the stack's table. See bluegreen status.",
  ],
  [
    lostRefusal("release v1.0.0", { ...lock, released: true }),
    "failed",
    "release v1.0.0 stops here and changes nothing more: Its lock was removed from the stack's table. See bluegreen status.",
  ],
  [
    unprovenRefusal("release v1.0.0", "connect ECONNREFUSED"),
    "failed",
    "release v1.0.0 stops here and changes nothing more: its lock could not be renewed for 60 s (connect ECONNREFUSED). " +
      "Give the same command again when AWS answers.",
  ],
])("says who, what and what to do next", (refusal, code, message) => {
  expect([refusal.code, refusal.message]).toEqual([code, message]);
});
