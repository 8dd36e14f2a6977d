import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { buildRelease } from "../../../packages/app/build.ts";
import { run } from "../../../tools/run.ts";
import { commit, release } from "./service.ts";

let folder: string;
beforeAll(() => (folder = mkdtempSync(path.join(os.tmpdir(), "bluegreen-test-"))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("builds the same release wherever it goes, in the place of the one before", async () => {
  const out = path.join(folder, "deep", "release");
  mkdirSync(out, { recursive: true });
  for (const file of ["app.cjs", "app.cjs.map"]) writeFileSync(path.join(out, file), "an older one");
  const version = "v2.0.0-rc.1";
  await expect(buildRelease({ version, commit, out })).resolves.toMatchObject({ version });
  expect(readdirSync(out).sort()).toEqual(["app.cjs", "app.cjs.map", "release.json"]);
  expect(readdirSync(path.dirname(out))).toEqual(["release"]);
  expect(statSync(out).mode & 0o777).toBe(0o755);
  expect(JSON.parse(readFileSync(path.join(out, "release.json"), "utf8"))).toEqual({
    version,
    commit,
    schema: { min: 1, max: 1 },
  });
  expect((await run(process.execPath, [path.join(out, "app.cjs"), "--version"], { cwd: "/" })).trim()).toBe(version);
  const elsewhere = path.dirname(await release(version));
  for (const file of readdirSync(out)) {
    expect(readFileSync(path.join(elsewhere, file)).equals(readFileSync(path.join(out, file)))).toBe(true);
  }
});

const refused: [args: { version: string; commit: string }, message: string][] = [
  ...["1.2.3", "v1.2", "v1.2.3+build", "v01.2.3", "v1.2.3-", "v1.2.3-01", "latest", ""].map(
    (version): [{ version: string; commit: string }, string] => [
      { version, commit },
      `version is ${JSON.stringify(version)}; it must be vX.Y.Z or vX.Y.Z-pre, such as v1.2.3`,
    ],
  ),
  [
    { version: "v1.2.3", commit: "0123456" },
    'commit is "0123456"; it must be 40 hexadecimal digits: git rev-parse HEAD',
  ],
  [
    { version: "1", commit: "HEAD" },
    'version is "1"; it must be vX.Y.Z or vX.Y.Z-pre, such as v1.2.3; commit is "HEAD"',
  ],
];
it.each(refused)("refuses %j and makes nothing", async (args, message) => {
  const out = path.join(folder, "refused");
  await expect(buildRelease({ ...args, out })).rejects.toThrow(message);
  expect(existsSync(out)).toBe(false);
});

it("does not replace a folder that holds something else", async () => {
  const out = path.join(folder, "precious");
  mkdirSync(out);
  writeFileSync(path.join(out, "thesis.txt"), "years of work");
  await expect(buildRelease({ version: "v1.2.3", commit, out })).rejects.toThrow(
    "holds more than a release (thesis.txt)",
  );
  expect(readdirSync(out)).toEqual(["thesis.txt"]);
});
