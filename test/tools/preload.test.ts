import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const preload = path.resolve(import.meta.dirname, "../../tools/preload.cjs");
let folder: string;
beforeAll(() => (folder = mkdtempSync(path.join(os.tmpdir(), "bluegreen-test-"))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a script with a Node that says it is of that version. */
function run(version: string, script: string): Promise<{ code: number; said: string }> {
  const fake = path.join(folder, `${version}.cjs`);
  writeFileSync(fake, `Object.defineProperty(process.versions, "node", { value: "${version}" });`);
  const file = path.join(folder, script);
  writeFileSync(file, "console.error('ran')");
  return new Promise((resolve) =>
    execFile(process.execPath, ["--require", fake, "--require", preload, file], (error, _, stderr) =>
      resolve({ code: Number(error?.code ?? 0), said: stderr }),
    ),
  );
}

test.each(["20.20.2", "22.17.9", "18.0.0"])(
  "fails in one line on Node %s, before anything is loaded",
  async (version) => {
    const { code, said } = await run(version, "bin.cjs");
    expect(code).toBe(2);
    expect(said).toMatch(new RegExp(`^Node ${version} is too old: this project needs Node 22\\.18 or later .*\\n$`));
  },
);

test("ends Pulumi's program with the code by which the SDK says that all was told", async () => {
  mkdirSync(path.join(folder, "cmd"));
  expect(await run("20.20.2", "cmd/run.cjs")).toMatchObject({ code: 32 });
});

test.each(["22.18.0", "24.21.0", "26.0.0"])("goes on with Node %s", async (version) =>
  expect(await run(version, "bin.cjs")).toEqual({ code: 0, said: "ran\n" }),
);

test("given Pulumi's program, when the SDK installs its source maps, then stack traces stay Node's own", async () => {
  mkdirSync(path.join(folder, "cmd/run"), { recursive: true });
  const sdk = path.dirname(require.resolve("@pulumi/pulumi/package.json"));
  const script = path.join(folder, "cmd/run/index.cjs");
  writeFileSync(
    script,
    `const own = Error.prepareStackTrace;
     require("node:module").createRequire(${JSON.stringify(sdk + "/cmd/run/index.js")})("source-map-support/register");
     console.error(Error.prepareStackTrace === own);`,
  );
  const child = promisify(execFile)(process.execPath, ["--require", preload, script]);
  expect((await child).stderr).toBe("true\n");
});
