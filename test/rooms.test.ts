import { execFile } from "node:child_process";
import { copyFileSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const root = path.resolve(import.meta.dirname, "..");
const depcruise = path.join(root, "node_modules/.bin/depcruise");

/** A package that gives its leaf to others. */
const packageFile = {
  "packages/local-aws/package.json": JSON.stringify({ name: "local-aws", exports: { ".": "./leaf.ts" } }),
};

/** What the rules say of a tree with these files; empty: nothing. */
async function violations(files: Record<string, string>): Promise<string> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "bluegreen-test-"));
  try {
    for (const file of [".dependency-cruiser.mjs", "tsconfig.json"])
      copyFileSync(path.join(root, file), path.join(folder, file));
    for (const [file, text] of Object.entries({ ...packageFile, ...files })) {
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

test("given a package's inner file, then nobody else imports it, and neither does another package", async () => {
  const said = await violations({
    "packages/local-aws/leaf.ts": leaf,
    "packages/local-aws/inner.ts": leaf,
    "packages/app/a.ts": imports("../local-aws/leaf.ts"),
    "rehearsal/allowed.ts": imports("../packages/local-aws/leaf.ts"),
    "rehearsal/inner.ts": imports("../packages/local-aws/inner.ts"),
  });
  expect(said).toContain("packages-by-their-exports: rehearsal/inner.ts → packages/local-aws/inner.ts");
  expect(said).toContain("app-knows-what-it-declares: packages/app/a.ts → packages/local-aws/leaf.ts");
  expect(said).not.toContain("rehearsal/allowed.ts");
});

test("given a file of the command that imports the local AWS, then the rules name it", async () =>
  expect(
    await violations({ "packages/local-aws/leaf.ts": leaf, "cli/a.ts": imports("../packages/local-aws/leaf.ts") }),
  ).toContain("product-knows-no-stand-in: cli/a.ts → packages/local-aws/leaf.ts"));

test("given an import that the package's own package.json does not name, then the rules name it", async () =>
  expect(await violations({ "packages/local-aws/leaf.ts": imports("nobody-has-this") })).toContain(
    "declared-dependencies: packages/local-aws/leaf.ts → nobody-has-this",
  ));

test("given a dependency that several package.json name, then with one version", () => {
  const named: Record<string, Set<string>> = {};
  for (const folder of [".", ...globSync("packages/*", { cwd: root })]) {
    const { dependencies, devDependencies } = JSON.parse(
      readFileSync(path.join(root, folder, "package.json"), "utf8"),
    ) as Record<string, Record<string, string> | undefined>;
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies }))
      (named[name] ??= new Set()).add(version);
  }
  expect(Object.entries(named).filter(([, versions]) => versions.size > 1)).toEqual([]);
});

test("given the local AWS, then it gives one module to others, and that one function beside its types", async () => {
  const { exports } = JSON.parse(readFileSync(path.join(root, "packages/local-aws/package.json"), "utf8")) as {
    exports: Record<string, string>;
  };
  expect(Object.keys(exports)).toEqual(["."]);
  expect(Object.keys(await import("@bluegreen/local-aws"))).toEqual(["startLocalAws"]);
});
