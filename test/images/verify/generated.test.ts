import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { mergeSpecs, unbroken } from "../../../images/verify/broken.ts";
import { generate } from "../../../images/verify/generated.ts";
import { parseSpec, resourceNames, selectFrom } from "../../../images/verify/spec.ts";

let folder: string;
beforeEach(() => void (folder = mkdtempSync(path.join(os.tmpdir(), "bluegreen-test-"))));
afterEach(() => rmSync(folder, { recursive: true }));

const everything = (...tests: string[]): Set<string> => new Set(tests);

it("breaks each property of a resource that holds, and none that does not", () => {
  const spec = { file: { "/a": { exists: true, mode: "0644", contents: ["x"] } }, service: { app: { enabled: true } } };
  const passing = everything("File: /a: exists", "File: /a: mode", "Service: app: enabled");
  const tests = generate(spec, passing).flatMap(({ breakages }) => breakages.flatMap(({ caughtBy }) => caughtBy));
  expect(tests.sort()).toEqual(["File: /a: exists", "File: /a: mode", "Service: app: enabled"]);
});

it("makes mistakes that do what they say", () => {
  const file = path.join(folder, "it's here");
  writeFileSync(file, "x\n", { mode: 0o644 });
  const spec = { file: { [file]: { exists: true, mode: "0644", contents: ["x"], filetype: "file" } } };
  const passing = everything(...["exists", "mode", "contents", "filetype"].map((name) => `File: ${file}: ${name}`));
  const run = (round: number): void => {
    for (const { script } of generate(spec, passing)[round]?.breakages ?? []) execFileSync("sh", ["-ec", script]);
  };
  run(0);
  expect(statSync(file).mode & 0o777).toBe(0o646);
  expect(readFileSync(file, "utf8")).toBe("");
  run(1);
  expect(() => statSync(file)).toThrow("ENOENT");
  run(2);
  expect(statSync(file).isDirectory()).toBe(true);
});

it("makes what must not be there", () => {
  const file = path.join(folder, "deep", "file");
  const [, there] = generate({ file: { [file]: { exists: false } } }, everything(`File: ${file}: exists`));
  execFileSync("sh", ["-ec", there?.breakages[0]?.script ?? "false"]);
  expect(statSync(file).size).toBeGreaterThan(0);
});

it("leaves out contents that must not be there: no line can be made from a pattern", () => {
  const spec = { file: { "/a": { contents: ["!/x/"] } } };
  expect(generate(spec, everything("File: /a: contents")).flatMap(({ breakages }) => breakages)).toEqual([]);
});

describe("a spec", () => {
  const spec = parseSpec("file:\n  /a: {exists: true}\ncommand:\n  x: {exit-status: 0}\nport: {}\n");

  it("has its resources under the names that reports have", () => {
    expect(resourceNames(spec)).toEqual(["File: /a", "Command: x"]);
    expect(resourceNames({ http: { u: {} }, "kernel-param": { k: {} } })).toEqual(["HTTP: u", "KernelParam: k"]);
  });

  it("is narrowed to some of them", () => {
    expect(selectFrom(spec, (name) => name === "Command: x")).toEqual({ command: { x: { "exit-status": 0 } } });
  });

  it("of two with one resource, all that both ask counts", () => {
    const merged = mergeSpecs([{ service: { app: { enabled: true } } }, { service: { app: { running: true } } }]);
    expect(merged).toEqual({ service: { app: { enabled: true, running: true } } });
  });

  it("given no mistake that a resource saw, then it is named", () => {
    const breakage = { name: "n", spec: "app", failed: [], caughtBy: ["Command: x: stdout"], missed: [] as string[] };
    expect(unbroken(spec, { breakages: [breakage] })).toEqual(["File: /a"]);
    expect(unbroken(spec, { breakages: [{ ...breakage, missed: ["Command: x: stdout"] }] })).toHaveLength(2);
    const generated = { caughtBy: ["File: /a: exists"], missed: [] };
    expect(unbroken(spec, { breakages: [breakage], generated })).toEqual([]);
  });
});
