import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parse } from "yaml";

const root = path.join(import.meta.dirname, "../..");
const script = path.join(root, "packer/files/pause-before-start");
const unit = readFileSync(path.join(root, "packer/files/app.service"), "utf8");

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "pause-"));
  writeFileSync(path.join(folder, "sleep"), '#!/bin/sh\necho "$1" >>"$RUNTIME_DIRECTORY/slept"\n', { mode: 0o755 });
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Seconds that it slept in each of so many starts, one straight after another. */
function starts(count: number): number[] {
  const env = { PATH: `${folder}:${process.env.PATH}`, RUNTIME_DIRECTORY: folder };
  return Array.from({ length: count }, () => {
    writeFileSync(path.join(folder, "slept"), "0\n");
    execFileSync(script, { env, stdio: "pipe" });
    return Math.max(...readFileSync(path.join(folder, "slept"), "utf8").split("\n").map(Number));
  });
}

/** The last start began so many seconds ago, and was the n-th restart in a row. */
const began = (failures: number, secondsAgo: number) =>
  writeFileSync(path.join(folder, "starts"), `${failures} ${Math.floor(Date.now() / 1000) - secondsAgo}\n`);

test("given a service that ends at once, then it is tried after 1, 2, 4, 8 and then each 10 s, RestartSec included", () => {
  expect(starts(8).map((slept, index) => (index === 0 ? slept : slept + 1))).toEqual([0, 1, 2, 4, 8, 10, 10, 10]);
});

test("given a service that ran for a minute, when it ends, then it is started without a pause", () => {
  began(9, 60);
  expect(starts(3)).toEqual([0, 0, 1]);
});

test.each(["", "a b", "3", "99999999999999999999 1"])("given %j of an earlier start, then it begins anew", (text) => {
  writeFileSync(path.join(folder, "starts"), text);
  expect(starts(1)).toEqual([0]);
});

test("the unit pauses before each start, never gives up, and its own pause is the first", () => {
  expect(unit).toContain("\nExecStartPre=/usr/local/libexec/pause-before-start\n");
  expect(unit).toContain("\nStartLimitIntervalSec=0\n");
  expect(unit).toContain("\nRestartSec=1\n");
  expect(unit).toContain("\nRuntimeDirectoryPreserve=restart\n");
  const spec = parse(readFileSync(path.join(root, "goss/parts/app-sandbox.yaml"), "utf8")) as {
    command: Record<string, { stdout: string[] }>;
  };
  const patterns = spec.command["app-unit"].stdout;
  expect(patterns).toEqual(expect.arrayContaining(["/^StartLimitIntervalUSec=0$/", "/^RestartUSec=1s$/"]));
  expect(patterns.some((one) => one.includes("pause-before-start"))).toBe(true);
});
