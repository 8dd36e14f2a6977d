import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { generated } from "../../../images/cis/generate.ts";
import { parseTable, readTable } from "../../../images/cis/rules.ts";
import { judgeScan, parseScan } from "../../../images/cis/scan.ts";
import { leftOut, tailoring } from "../../../images/cis/tailoring.ts";
import { ROOT } from "../../../images/build/layers.ts";

const table = readTable();
const kept = table.rules.filter(({ reason }) => reason === undefined);
const parts = path.join(ROOT, "goss/parts");
const text = (file: string): string => readFileSync(path.join(ROOT, file), "utf8");

test.each(Object.entries(generated()))("%s is what the table makes", (file, made) => expect(text(file)).toBe(made));

test("given the benchmark's 243 rules, then each is kept or left out with a reason", () => {
  expect(table.rules).toHaveLength(243);
  expect(kept.length).toBeGreaterThan(150);
});

test("given a rule with a script, then that script is there and run by its layer", () => {
  for (const { script } of kept) {
    if (script === undefined) continue;
    const file = script.includes("/") ? script : `hardened/${script}`;
    const templates = ["base", "hardened"].map((layer) => text(`packer/${layer}.pkr.hcl`)).join("\n");
    expect([script, templates.includes(`/scripts/${file}.sh`)]).toEqual([script, true]);
  }
});

/** Ids that a text names: single ones, and ranges within one section. */
function idsIn(said: string): string[] {
  const ranges = [...said.matchAll(/(\d+(?:\.\d+)+) to (\d+(?:\.\d+)+)/g)].flatMap(([, from = "", to = ""]) => {
    const section = from.split(".").slice(0, -1).join(".");
    const [first, last] = [from, to].map((id) => Number(id.split(".").at(-1)));
    return Array.from({ length: (last ?? 0) - (first ?? 0) + 1 }, (_, index) => `${section}.${(first ?? 0) + index}`);
  });
  return [...new Set([...ranges, ...(said.match(/\d+(?:\.\d+)+/g) ?? [])])];
}

const sorted = (ids: Iterable<string>): string[] => [...new Set(ids)].sort();

/** Each spec's title, and the ids in its meta; those of lists are made from the table. */
const specs = readdirSync(parts).flatMap((file) =>
  [
    ...readFileSync(path.join(parts, file), "utf8").matchAll(
      /title: "CIS ([\d., to]+): .*"\n\s+meta: \{ cis: (.*) \}/g,
    ),
  ].map(([, title = "", meta = ""]) => ({ file, title, ids: idsIn(title), meta: idsIn(meta) })),
);

test("given a spec of a rule, then its title and its meta name the same rules, and the table keeps them", () => {
  expect(specs.length).toBeGreaterThan(40);
  const known = new Set(kept.map(({ id }) => id));
  for (const { file, title, ids, meta } of specs) {
    expect([file, title, sorted(meta)]).toEqual([file, title, sorted(ids)]);
    expect([file, ids.filter((id) => !known.has(id))]).toEqual([file, []]);
  }
});

test("given a rule with a spec, then that part has one of it", () => {
  const lists = new Set(["kernel", "services", "clean", "banners", "mounts", "permissions"]);
  for (const { id, spec } of kept) {
    if (spec === undefined || lists.has(spec)) continue;
    const found = specs.some(({ file, ids }) => file === `${spec}.yaml` && ids.includes(id));
    expect([id, spec, found]).toEqual([id, spec, true]);
  }
});

describe("a table is refused", () => {
  const rule = (more: string): string => `rules:\n  - { id: "1.1", level: 1, title: t, ${more} }\nexceptions: {}\n`;
  test.each([
    ["with neither script, spec nor reason", rule("absent: [x]"), "a script or a spec, or a reason"],
    ["with both", rule("script: a, reason: b"), "a script or a spec, or a reason"],
    ["with a level that is none", rule("script: a").replace("level: 1", "level: 3"), "level"],
    ["with an unknown key", rule("script: a, scaner: [x]"), "scaner"],
    [
      "with one id twice",
      `rules:\n${'  - { id: "1.1", level: 1, title: t, script: a }\n'.repeat(2)}exceptions: {}\n`,
      "1.1",
    ],
  ])("%s", (_, yaml, message) => expect(() => parseTable(yaml)).toThrow(message));
});

describe("a scan", () => {
  const small = parseTable(`rules:
  - { id: "1.1", level: 1, title: a, script: a, scanner: [kept, odd] }
  - { id: "1.2", level: 1, title: b, reason: why & how, scanner: [left, kept] }
exceptions: { odd: Debian has another }
`);
  const results = (given: Record<string, string>) =>
    new Map(Object.entries({ kept: "pass", odd: "fail", left: "fail", ...given }));

  test("is read from what oscap prints", () => {
    const prefix = "xccdf_org.ssgproject.content_rule_";
    expect([...parseScan(`${prefix}a:pass\n\nOpenSCAP Error: x\n${prefix}b:notapplicable\n`)]).toEqual([
      ["a", "pass"],
      ["b", "notapplicable"],
    ]);
  });

  test("holds with the table", () => {
    expect(judgeScan(small, results({}))).toEqual({ passed: 1, excepted: 2, faults: [] });
  });

  test.each([
    ["a rule fails without a reason", { kept: "fail" }, "kept: fail, and no reason is given"],
    ["a rule is not applicable without a reason", { kept: "notapplicable" }, "kept: notapplicable, and no reason"],
    ["an exception passes", { odd: "pass" }, "odd: passes, so it is no exception"],
    ["a rule is of none in the table", { more: "pass" }, "more: is of no rule in the table"],
  ])("fails when %s", (_, given, fault) => {
    expect(judgeScan(small, results(given)).faults).toEqual([expect.stringContaining(fault)]);
  });

  test("fails when a rule was not judged", () => {
    const some = results({});
    some.delete("kept");
    expect(judgeScan(small, some).faults).toEqual(["kept: the scan has no such rule"]);
  });

  test("the tailoring leaves out what the images do, with the reason, and what a kept rule needs stays in", () => {
    expect([...leftOut(small)]).toEqual([["left", "1.2: why & how"]]);
    const xml = tailoring(small);
    expect(xml.match(/content_rule_left" selected="false">\s+<remark>1\.2: why &amp; how</g)).toHaveLength(2);
    expect(xml.match(/content_rule_odd"/g)).toHaveLength(1);
    expect(xml).not.toContain("content_rule_kept");
  });
});
