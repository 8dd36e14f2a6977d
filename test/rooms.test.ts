import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const root = path.resolve(import.meta.dirname, "..");
const depcruise = path.join(root, "node_modules/.bin/depcruise");

/** What the rules say of a tree with these files; empty: nothing. */
async function violations(files: Record<string, string>): Promise<string> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "bluegreen-test-"));
  try {
    for (const file of [".dependency-cruiser.mjs", "tsconfig.json"])
      copyFileSync(path.join(root, file), path.join(folder, file));
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      writeFileSync(path.join(folder, file), text);
    }
    const args = ["--config", ".dependency-cruiser.mjs", "--output-type", "err", ...Object.keys(files)];
    await promisify(execFile)(process.execPath, [depcruise, ...args], { cwd: folder });
    return "";
  } catch (error) {
    return (error as { stdout: string }).stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const imports = (file: string) => `import { a } from "${file}";\nexport const b = a;\n`;
const leaf = "export const a = 1;\n";

/** Each room, and one above it. */
const upwards = [
  ["tools", "packages/local-aws"],
  ["packages/local-aws", "config"],
  ["config", "deployment"],
  ["deployment", "aws"],
  ["aws", "components"],
  ["components", "automation"],
  ["automation", "cli"],
  ["cli", "images/verify"],
  ["images/build", "cli"],
  ["images/verify", "rehearsal"],
];

test("given a file in each room that imports one of a room above it, then the rules name each", async () => {
  const files: Record<string, string> = { "rehearsal/leaf.ts": leaf };
  for (const [room, above] of upwards) {
    const up = path.relative(room, `${above}/leaf.ts`);
    files[`${room}/leaf.ts`] = leaf;
    files[`${room}/up.ts`] = imports(up.startsWith(".") ? up : `./${up}`);
  }
  const said = await violations(files);
  for (const [room, above] of upwards) expect(said).toContain(`${room}/up.ts → ${above}/leaf.ts`);
});

test("given two files that import each other, then the rules name them", async () =>
  expect(
    await violations({ "cli/a.ts": imports("./b.ts"), "cli/b.ts": imports("./a.ts").replace("{ a }", "{ b as a }") }),
  ).toContain("no-circle"));

test("given imports that run down, then nothing is said", async () =>
  expect(await violations({ "rehearsal/a.ts": imports("../cli/b.ts"), "cli/b.ts": leaf })).toBe(""));
