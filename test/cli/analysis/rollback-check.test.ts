import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { runRollbackCheck, type RollbackCheckArgs } from "../../../cli/analysis/rollback-check.ts";

let folder: string;
let lines: string[];
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "rollback-check-"));
  lines = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Each run writes down what it was asked for, and where its file is. */
const noted = 'echo "$BLUEGREEN_ROLLBACK $BLUEGREEN_COLOR" >>runs; echo "$BLUEGREEN_ROLLBACK_FILE" >>files';
const runsOf = (): string[] => readFileSync(path.join(folder, "runs"), "utf8").trim().split("\n");
const filesOf = (): string[] => readFileSync(path.join(folder, "files"), "utf8").trim().split("\n");
/** A store in which each colour leaves its own format; $1 of a read: the formats that it knows. */
const storing = (known: Record<string, string>): string =>
  `${noted}
case "$BLUEGREEN_ROLLBACK $BLUEGREEN_COLOR" in
  write*) echo "$BLUEGREEN_COLOR" >"$BLUEGREEN_ROLLBACK_FILE" ;;
${Object.entries(known)
  .map(
    ([color, formats]) =>
      `  "read ${color}") grep -qxE "${formats}" "$BLUEGREEN_ROLLBACK_FILE" || { echo "unknown format" >&2; exit 1; } ;;`,
  )
  .join("\n")}
esac`;

const side = (version: string, color: string) => ({
  name: `${version} on ${color}`,
  env: { PATH: process.env.PATH, BLUEGREEN_COLOR: color },
});

async function check(command: string, change: Partial<RollbackCheckArgs> = {}) {
  const results = await runRollbackCheck({
    command,
    timeoutSeconds: 10,
    released: side("v2", "green"),
    old: side("v1", "blue"),
    run: { cwd: folder, onLine: (line) => lines.push(line) },
    ...change,
  });
  return results.map(({ name, ok, detail }) => ({ name, ok, detail }));
}

test("given two releases that read each other, then each order writes, reads with the other, and reads again", async () => {
  expect(await check(storing({ green: "green|blue", blue: "green|blue" }))).toEqual([
    {
      name: "new writes, old reads",
      ok: true,
      detail: "v2 on green wrote, v1 on blue read it, v2 on green read it again",
    },
    {
      name: "old writes, new reads",
      ok: true,
      detail: "v1 on blue wrote, v2 on green read it, v1 on blue read it again",
    },
  ]);
  expect(runsOf()).toEqual(["write green", "read blue", "read green", "write blue", "read green", "read blue"]);
});

test("the runs of one order share a file, which is gone afterwards, and no other order's", async () => {
  await check(storing({ green: "green|blue", blue: "green|blue" }));
  const files = filesOf();
  expect(new Set(files.slice(0, 3)).size).toBe(1);
  expect(new Set(files).size).toBe(2);
  for (const file of files) expect(existsSync(path.dirname(file))).toBe(false);
});

test.each<[string, Record<string, string>, string[]]>([
  [
    "the old release does not know what the new one writes",
    { green: "green|blue", blue: "blue" },
    ["v1 on blue did not read what v2 on green wrote: exit code 1: unknown format", ""],
  ],
  [
    "the new release has forgotten what the old one writes",
    { green: "green", blue: "green|blue" },
    ["", "v2 on green did not read what v1 on blue wrote: exit code 1: unknown format"],
  ],
])("fails in that order alone when %s", async (_, known, expected) => {
  const results = await check(storing(known));
  expect(results.map(({ ok, detail }) => (ok ? "" : detail))).toEqual(expected);
});

test("fails when the reader leaves behind what the writer can't read any more", async () => {
  const command = `${storing({ green: "green", blue: "green|blue" })}
if [ "$BLUEGREEN_ROLLBACK $BLUEGREEN_COLOR" = "read blue" ]; then echo blue >"$BLUEGREEN_ROLLBACK_FILE"; fi`;
  expect((await check(command))[0]).toEqual({
    name: "new writes, old reads",
    ok: false,
    detail: "v2 on green did not read again what it wrote, once v1 on blue had read it: exit code 1: unknown format",
  });
});

test.each<[string, string, Partial<RollbackCheckArgs>, RegExp]>([
  ["is not there", "./no-such-check", {}, /^v2 on green did not write: exit code 127: .*not found$/],
  ["does not end", "sleep 30", { timeoutSeconds: 0.1 }, /^v2 on green did not write: no end within 0s$/],
  [
    "has no folder",
    "true",
    { run: { cwd: "/no/such/folder", onLine: () => undefined } },
    /^v2 on green did not write: it can't be started: /,
  ],
])("fails when the command %s, and says so", async (_, command, change, words) => {
  const results = await check(command, change);
  expect(results.map(({ ok }) => ok)).toEqual([false, false]);
  expect(results[0].detail).toMatch(words);
});

test("given Ctrl-C, then it ends with that, and leaves no file", async () => {
  const interruption = new AbortController();
  const onLine = () => interruption.abort(new Error("Ctrl-C"));
  const run = { cwd: folder, signal: interruption.signal, onLine };
  await expect(check(`${noted}; echo ready; sleep 30`, { run })).rejects.toThrow("Ctrl-C");
  expect(existsSync(path.dirname(filesOf()[0]))).toBe(false);
});

test("each result is told as it comes", async () => {
  const told: string[] = [];
  await check("true", { onResult: ({ name, ok }) => told.push(`${name}: ${ok}`) });
  expect(told).toEqual(["new writes, old reads: true", "old writes, new reads: true"]);
});
