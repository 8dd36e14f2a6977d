import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { markdownText } from "../../cli/markdown.ts";
import { appendSummary, renderSummary, requireSummary, summaryTarget, type SummaryFacts } from "../../cli/summary.ts";
import { Ui } from "../../cli/ui.ts";
import { before, now, record, v1, v2 } from "./worlds.ts";

const facts = (change: Partial<SummaryFacts> = {}): SummaryFacts => ({
  doing: "release v2.0.0",
  stack: "dev",
  record: record({
    outcome: "released",
    endedAt: before(0),
    weights: [
      { at: before(240), blue: 100, green: 0 },
      { at: before(180), blue: 90, green: 10 },
    ],
    checks: [{ at: before(200), name: "ready", ok: true, detail: "5 times 200" }],
  }),
  weights: { blue: 0, green: 100 },
  images: { blue: v1, green: v2 },
  watched: [{ at: before(170), title: "Watching v2.0.0", line: "████░ 1m left · green 0 of 20 failed" }],
  now,
  ...change,
});

test("a release: how it ended, who served what when, what the verdict saw, the checks", () => {
  const lines = renderSummary(facts()).split("\n");
  expect(lines[0]).toBe("### bluegreen release v2.0.0 on dev\\: released");
  expect(lines).toEqual(
    expect.arrayContaining([
      "| took | 5m |",
      "| UTC, 2026-11-21 | blue v1.0.0 | green v2.0.0 |",
      "| 14\\:02\\:30 | 90 % | 10 % |",
      "| now | 0 % | 100 % |",
      "| 14\\:02\\:40 | Watching v2.0.0 | 1m left · green 0 of 20 failed |",
      "| 14\\:02\\:10 | ready | ok | 5 times 200 |",
    ]),
  );
});

test("a command that came to no release: its code, its message, and who serves", () => {
  const fault = { code: "refused", message: "ami-1 has no tag Version" };
  const text = renderSummary(facts({ record: undefined, watched: [], fault }));
  expect(text).toContain("on dev\\: refused\n\nBecause: ami-1 has no tag Version\n");
  expect(text).toContain("| now | 0 % | 100 % |");
  expect(text).not.toContain("Checks");
});

test("of many checks the last hundred are shown, and the rest is counted", () => {
  const checks = Array.from({ length: 130 }, (_, index) => ({
    at: before(0),
    name: `c${index}`,
    ok: true,
    detail: "",
  }));
  const text = renderSummary(facts({ record: record({ checks }) }));
  expect(text.match(/\| c\d+ \|/g)).toHaveLength(100);
  expect(text).toContain("30 earlier ones");
});

describe("texts of somebody else's", () => {
  test.each([
    "a | b",
    "line\n# heading",
    "<img src=x onerror=alert(1)>",
    "[click](https://evil.example)",
    "![x](https://evil.example/x.png)",
    "`code` **bold** _it_ ~~no~~ $x$ @team :tada: &lt;",
    "www.evil.example",
    "\u001b[2J\u202e",
  ])("%j stays a text in one cell", (version) => {
    const plain = markdownText(version);
    expect(plain).not.toMatch(/[\n\u001b\u202e]/);
    // Every character that Markdown gives a meaning has a backslash before it.
    expect(plain.replace(/\\[!-/:-@[-`{-~]/g, "")).not.toMatch(/[\\`*_{}[\]()<>#|~$@:&!^]|www\./);
    const row = renderSummary(facts({ images: { blue: v1, green: { ...v2, version } }, record: undefined }))
      .split("\n")
      .find((line) => line.startsWith("| UTC"));
    expect(row?.replace(/\\./g, "").split("|")).toHaveLength(5);
  });
});

describe("the file", () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(path.join(tmpdir(), "summary-"))));
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test.each([
    [undefined, { GITHUB_STEP_SUMMARY: "/tmp/x" }, { file: "/tmp/x", isNamed: false }],
    ["own.md", { GITHUB_STEP_SUMMARY: "/tmp/x" }, { file: "own.md", isNamed: true }],
    [undefined, {}, undefined],
    [undefined, { GITHUB_STEP_SUMMARY: "" }, undefined],
  ])("given --summary %s and %j, then it is %j", (named, env, target) =>
    expect(summaryTarget(named, env)).toEqual(target),
  );

  test("a summary is appended to what is there", async () => {
    const file = path.join(folder, "s.md");
    await writeFile(file, "before\n");
    await appendSummary({ file, isNamed: true }, facts(), new Ui("lines"));
    expect(await readFile(file, "utf8")).toMatch(/^before\n### bluegreen/);
  });

  test("fails when a file that was named can't be written, before anything is done", async () => {
    const file = path.join(folder, "nowhere", "s.md");
    await expect(requireSummary({ file, isNamed: true })).rejects.toMatchObject({ code: "usage" });
    await expect(requireSummary({ file, isNamed: false })).resolves.toBeUndefined();
  });

  test("given a file that can't be written at the end, then that is said, and the release is what it is", async () => {
    const said: string[] = [];
    const ui = { say: (line: string) => said.push(line) } as unknown as Ui;
    await appendSummary({ file: path.join(folder, "nowhere", "s.md"), isNamed: false }, facts(), ui);
    expect(said).toEqual([expect.stringMatching(/^The summary could not be written: ENOENT/)]);
  });
});
