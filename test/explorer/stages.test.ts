import { installOperatingSystem } from "./operating-system.ts";
import { play } from "./play.ts";

/** Hooks that ran, each by its name and the stage that it was told. */
const mockRan: string[] = [];
jest.mock("../../cli/analysis/project-file.ts", () => {
  const stages = ["stage", "check", "cutover", "bake", "retire"];
  const named = (when: string) => Object.fromEntries(stages.map((stage) => [stage, [`${when} ${stage}`]]));
  const hooks = { before: named("before"), after: named("after") };
  const rules = { limits: {}, alpha: 0.01, effect: 1.2, mode: "enforce" };
  const file = { ...rules, checks: [], environment: [], hooks, pauses: [], freeze: [] };
  return { readProjectFile: () => file, parseProjectFile: () => file };
});
jest.mock("../../cli/analysis/hooks.ts", () => ({
  runHooks: (commands: string[], { env }: { env: NodeJS.ProcessEnv }) => {
    mockRan.push(...commands.map((command) => `${command} (${env.BLUEGREEN_STAGE})`));
    return Promise.resolve({ kind: "continue" });
  },
}));

let uninstall: () => void;
beforeAll(() => (uninstall = installOperatingSystem()));
afterAll(() => uninstall());

test("given hooks around every stage, when a release goes through, then each stage has its own once, and no other's", async () => {
  const cast = [{ who: "A", line: "release X --canary --retire", host: "ci1", checkout: "one" }];
  const beginning = { serving: "blue", size: 2, standby: "off" } as const;
  const { harm, ends } = await play({ name: "hooks", beginning, before: [], cast }, []);
  expect(harm).toEqual([]);
  expect(ends.A.code).toBe("ok");
  const around = (stage: string) => [`before ${stage} (${stage})`, `after ${stage} (${stage})`];
  expect(mockRan).toEqual([
    ...around("stage"),
    ...around("check"),
    // The first share, and all of the requests.
    ...around("cutover"),
    ...around("cutover"),
    ...around("bake"),
    ...around("retire"),
    // The explorer's own last command, which every history ends with.
    ...around("retire"),
  ]);
});
