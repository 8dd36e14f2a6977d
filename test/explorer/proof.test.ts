import { rollbackChecks } from "../../cli/analysis/rollback-check.ts";
import { historyOf } from "./histories.ts";
import { installOperatingSystem } from "./operating-system.ts";
import { play } from "./play.ts";
import { faultIn } from "./simulation.ts";

let uninstall: () => void;
beforeAll(() => (uninstall = installOperatingSystem()));
afterAll(() => uninstall());

const kinds = [
  "kill",
  "killAfter",
  "lose",
  "loseAfter",
  "freeze=100",
  "stall=100",
  "late=100",
  "engineDies",
  "pause=100",
];
const calls = [
  ["proved-release", "A[write through green]"],
  ["proved-release", "A[read through blue]"],
  ["proved-release", "A[read through green]"],
  ["proved-release", "A[write through blue]"],
  ["unproved-release", "A[read through blue]"],
  ["unproved-release", "A[read through green]"],
  ["proved-again", "A[write through blue]"],
  ["proved-again", "A[read through green]"],
  ["proved-paused", "A[write through green]"],
  ["proved-paused", "B[read through blue]"],
] as const;
const keys = calls.flatMap(([name, call]) =>
  kinds.flatMap((kind) => {
    const fault = `${name} ${call}:${kind}`;
    return kind.startsWith("kill") ? [fault, `${fault} ${call[0]}0:again=elsewhere`] : [fault];
  }),
);

test.each(keys)(
  "given a proof that is cut off, %s, then no image gets traffic unproved, and all ends well",
  async (key) => {
    const [name, ...faults] = key.split(" ").reduce<string[]>((parts, part) => {
      const last = parts.at(-1);
      // A label holds blanks.
      const isOpen = last !== undefined && last.includes("[") && !last.includes("]");
      return isOpen ? [...parts.slice(0, -1), `${last} ${part}`] : [...parts, part];
    }, []);
    const { harm, calls: made } = await play(historyOf(name), faults.map(faultIn));
    expect(harm).toEqual([]);
    expect(made.some(({ label }) => label.includes(" through "))).toBe(true);
  },
);

test("given an image that only itself can read, when it is released, then it is taken back before its first request", async () => {
  const { harm, ends, stack } = await play(historyOf("unproved-release"), []);
  expect(harm).toEqual([]);
  expect(ends.A.code).toBe("rolledBack");
  const [{ checks, weights }] = stack.records();
  expect(checks.filter(({ name }) => rollbackChecks.includes(name as never)).map(({ ok }) => ok)).toEqual([
    false,
    true,
  ]);
  expect(weights.every(({ green }) => green === 0)).toBe(true);
});
