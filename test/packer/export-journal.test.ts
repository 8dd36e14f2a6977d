import { execFile } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";

const script = path.resolve(import.meta.dirname, "../../packer/files/export-journal");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "bluegreen-test-"));
  for (const name of ["bin", "logs", "state"]) mkdirSync(path.join(folder, name));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (...names: string[]) => path.join(folder, ...names);
const program = (name: string, body: string) => writeFileSync(at("bin", name), `#!/bin/bash\n${body}`, { mode: 0o755 });

/**
 * Runs the script for a number of rounds, as systemd ends it: by SIGTERM while it sleeps before the last one.
 * @param journal what journalctl does in round $round, in bash
 */
async function run(rounds: number, journal: string): Promise<number | null> {
  program("journalctl", `echo "$@" >> ${at("calls")}\nround=$(wc -l < ${at("calls")})\n${journal}`);
  program("sleep", `(($(wc -l < ${at("calls")}) < ${rounds - 1})) || kill -TERM $PPID`);
  const env = {
    PATH: `${at("bin")}:${process.env.PATH ?? ""}`,
    LOGS_DIRECTORY: at("logs"),
    STATE_DIRECTORY: at("state"),
  };
  // The time-out is for a script that does not end with what it calls: no test may leave it running.
  const options = { env, timeout: 4000 };
  const child = execFile(
    script,
    ["service", "--output=cat", "--unit=a.service", "_PID=1", "+", "_TRANSPORT=kernel"],
    options,
  );
  const [code] = (await once(child, "close")) as [number | null];
  return code;
}

it("asks for what its options name, and from where it was", async () => {
  await run(2, "true");
  const asked = `--quiet --cursor-file=${at("state", "cursor")} --output=cat --unit=a.service _PID=1 + _TRANSPORT=kernel\n`;
  expect(readFileSync(at("calls"), "utf8")).toBe(asked.repeat(2));
});

it("adds each round's lines to the same file, which is not for everybody to read", async () => {
  await run(3, 'echo "line $round"');
  expect(readFileSync(at("logs", "service.log"), "utf8")).toBe("line 1\nline 2\nline 3\n");
  expect(statSync(at("logs", "service.log")).mode & 0o777).toBe(0o640);
});

it("goes on with a new file after 16 MiB, and keeps the one before", async () => {
  await run(4, 'if ((round % 2)); then head --bytes=16M /dev/zero | tr "\\0" "$round"; else echo "line $round"; fi');
  // Round 1 fills the first file, 2 and 3 the second.
  const kept = readFileSync(at("logs", "service.log.1"), "utf8");
  expect(kept.slice(0, 10)).toBe("line 2\n333");
  expect(kept).toHaveLength(16 * 1024 * 1024 + 7);
  expect(readFileSync(at("logs", "service.log"), "utf8")).toBe("line 4\n");
});

it("keeps a file that is not full", async () => {
  await run(2, "head --bytes=7M /dev/zero");
  expect(existsSync(at("logs", "service.log.1"))).toBe(false);
});

it("ends well, after it has written what was said until then", async () => {
  expect(await run(2, 'echo "line $round"')).toBe(0);
  expect(readFileSync(at("logs", "service.log"), "utf8")).toBe("line 1\nline 2\n");
});

it("lets a round that has begun come to its end, and is not cut off by what ends it", async () => {
  expect(await run(9, "echo begun; kill -TERM $PPID; echo done")).toBe(0);
  expect(readFileSync(at("logs", "service.log"), "utf8")).toBe("begun\ndone\n");
});

it("fails with journalctl, so that systemd starts it again", async () => {
  expect(await run(3, "exit 1")).toBe(1);
  expect(readFileSync(at("calls"), "utf8").trim().split("\n")).toHaveLength(1);
});
