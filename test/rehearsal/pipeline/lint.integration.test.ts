import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { lintPipelines } from "../../../rehearsal/pipeline/lint.ts";

const root = path.resolve(import.meta.dirname, "../../..");
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "bluegreen-test-"));
  await cp(path.join(root, ".github"), path.join(folder, ".github"), { recursive: true });
  // actionlint looks for the repository that a workflow belongs to.
  await cp(path.join(root, "package.json"), path.join(folder, ".git", "package.json"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function changed(file: string, from: string | RegExp, to: string): Promise<Record<string, string>> {
  const target = path.join(folder, ".github/workflows", file);
  const before = await readFile(target, "utf8");
  const after = before.replace(from, to);
  expect(after).not.toBe(before);
  await writeFile(target, after);
  return lintPipelines(folder, () => {});
}

test(
  "given the workflows as they are, then no linter finds anything",
  async () => expect(await lintPipelines(folder, () => {})).toEqual({}),
  300_000,
);

test.each([
  ["an action by its tag", "release.yml", /actions\/checkout@\w{40}/, "actions/checkout@v7", "zizmor", /unpinned-uses/],
  [
    "a write permission for everything",
    "rollback.yml",
    "permissions: { contents: read, id-token: write }",
    "permissions: write-all",
    "zizmor",
    /excessive-permissions/,
  ],
  [
    "an input that becomes a part of the script",
    "rollback.yml",
    '"$REASON"',
    '"${{ inputs.reason }}"',
    "zizmor",
    /template-injection/,
  ],
  ["a job that needs one that is not there", "deploy.yml", "needs: staging", "needs: stagin", "actionlint", /stagin/],
  [
    "a variable that the shell splits",
    "release.yml",
    '"Pulumi.$STACK.yaml"',
    "Pulumi.$STACK.yaml",
    "actionlint",
    /SC2086/,
  ],
])(
  "given %s, then it is found",
  async (_, file, from, to, linter, words) => {
    expect((await changed(file, from, to))[linter]).toMatch(words);
  },
  120_000,
);
