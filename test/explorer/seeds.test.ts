import { keysOf, randomRun } from "./explore.ts";
import { installOperatingSystem } from "./operating-system.ts";
import { play } from "./play.ts";

let uninstall: () => void;
beforeAll(() => (uninstall = installOperatingSystem()));
afterAll(() => uninstall());

it("300 runs with faults drawn from fixed seeds do no harm", async () => {
  const harm: string[] = [];
  let crashes = 0;
  for (let seed = 1; seed <= 300; seed++) {
    const run = await randomRun(seed);
    const played = await play(run.history, run.faults);
    crashes += played.crashes;
    if (played.harm.length > 0) harm.push(`${keysOf(run)}: ${played.harm[0]}`);
  }
  expect(harm).toEqual([]);
  // The seeds do lead to faults.
  expect(crashes).toBeGreaterThan(100);
}, 120_000);
