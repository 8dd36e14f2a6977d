import { findingsOf, runSpec } from "../../../images/verify/spec-run.ts";

interface Result {
  id?: string;
  successful?: boolean;
  skipped?: boolean;
  missing?: string[];
}

const named = (id: string): string => `Command: ${id}: exit-status`;

/** What goss prints for results of the kind Command. */
const printed = (...results: Result[]): string =>
  JSON.stringify({
    results: results.map(({ id = "x", successful = true, skipped = false, missing }) => {
      const what = { "resource-type": "Command", "resource-id": id, property: "exit-status" };
      return { ...what, successful, skipped, duration: 1, "matcher-result": { "missing-elements": missing } };
    }),
    summary: {},
  });

test.each<[string, string, ReturnType<typeof findingsOf>]>([
  [
    "tests that all pass",
    printed({}, { id: "y" }),
    { tests: 2, failed: [], passed: [named("x"), named("y")], missing: {} },
  ],
  [
    "tests that failed, by their names",
    printed({}, { id: "a", successful: false }, { id: "b", successful: false }),
    {
      tests: 3,
      failed: [named("a"), named("b")],
      passed: [named("x")],
      missing: { [named("a")]: [], [named("b")]: [] },
    },
  ],
  [
    "patterns that were not found",
    printed({ id: "a", successful: false, missing: ["/^x$/"] }),
    { tests: 1, failed: [named("a")], passed: [], missing: { [named("a")]: ["/^x$/"] } },
  ],
  [
    "a test that was skipped, which is no failure",
    printed({ skipped: true, successful: false }),
    { tests: 1, failed: [], passed: [], missing: {} },
  ],
  ["no test at all", printed(), { tests: 0, failed: [], passed: [], missing: {} }],
  ["words", "Error: could not read spec", undefined],
  ["nothing", "", undefined],
  ["JSON of something else", '{"results": [{"ok": true}]}', undefined],
])("reads %s", (_, text, findings) => expect(findingsOf(text)).toEqual(findings));

describe("runSpec", () => {
  const ran: string[] = [];
  const instance = (last: string) => ({
    id: "i-1",
    terminate: () => Promise.resolve(),
    inside: (script: string) => (ran.push(script), Promise.resolve(script.includes("json") ? last : "")),
  });
  beforeEach(() => void ran.splice(0));

  it("waits until the spec holds, and takes the run after that", async () => {
    const failed = printed({ id: "a", successful: false });
    expect(await runSpec(instance(failed), "boot")).toMatchObject({ tests: 1, failed: ["Command: a: exit-status"] });
    const goss = "goss -g /etc/goss/boot.yaml --vars /etc/goss/vars.yaml validate";
    expect(ran).toEqual([expect.stringMatching(new RegExp(`^${goss} .*--retry-timeout `)), `${goss} --format json`]);
  });

  it("fails with goss's last words, where it could not run", async () => {
    const running = runSpec(instance(`${"x".repeat(600)}\nno such spec`), "boot");
    await expect(running).rejects.toThrow(/^the specs boot could not be run on i-1: x{487}\nno such spec$/);
  });
});
