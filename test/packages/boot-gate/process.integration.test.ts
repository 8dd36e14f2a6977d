import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { buildBootGate } from "../../../packages/boot-gate/build.ts";
import { isAlive } from "../../../tools/claim.ts";
import { eventually } from "../local-aws/eventually.ts";
import { listenAsAutoScaling, listenAsMetadata, type Listening, member, type Metadata } from "./servers.ts";

/** The gate as an image has it: the bundle, run by Node, with a goss on PATH and AWS by its environment. */
let folder: string;
let bundle: string;
let listening: Listening[];

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), "bluegreen-test-"));
  bundle = await buildBootGate({ out: folder });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => void (listening = []));
afterEach(() => Promise.all(listening.map(({ close }) => close())));

const results = (...successful: boolean[]) =>
  JSON.stringify({
    results: successful.map((good, index) => ({
      successful: good,
      "resource-type": "Service",
      "resource-id": "app",
      property: `p${index}`,
      "summary-line-compact": `Service: app: p${index}`,
      "matcher-result": { "missing-elements": null },
    })),
    summary: {
      "failed-count": successful.filter((good) => !good).length,
      "skipped-count": 0,
      "test-count": successful.length,
    },
  });

/** Puts a shell script on PATH as goss; undefined: none is there. It refuses every call but the one that it is for. */
function fakeGoss(script: string | undefined): string {
  const bin = mkdtempSync(path.join(folder, "bin-"));
  if (script === undefined) return bin;
  const file = path.join(bin, "goss");
  const allowed = "-g /etc/goss/boot.yaml --vars /etc/goss/vars.yaml validate --format json";
  writeFileSync(file, `#!/bin/sh\n[ "$*" = "${allowed}" ] || { echo "called with $*"; exit 77; }\n${script}\n`);
  chmodSync(file, 0o755);
  return bin;
}

interface World {
  goss: string | undefined;
  metadata?: Metadata;
  /** Requests that come before the hook waits. */
  early?: number;
  deadline?: string;
}

async function start({ goss, metadata = member, early = 0, deadline = "5" }: World) {
  const imds = await listenAsMetadata(metadata);
  const autoScaling = await listenAsAutoScaling(early);
  listening.push(imds, autoScaling);
  const state = mkdtempSync(path.join(folder, "state-"));
  const child = spawn(process.execPath, [bundle], {
    env: {
      PATH: `${fakeGoss(goss)}:/usr/bin:/bin`,
      // The SDK warns of old Node versions, on lines that are no report.
      NODE_NO_WARNINGS: "1",
      BLUEGREEN_BOOT_DEADLINE: deadline,
      STATE_DIRECTORY: state,
      AWS_EC2_METADATA_SERVICE_ENDPOINT: imds.url,
      AWS_ENDPOINT_URL_AUTO_SCALING: autoScaling.url,
      AWS_ACCESS_KEY_ID: "key",
      AWS_SECRET_ACCESS_KEY: "secret",
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines: Record<string, unknown>[] = [];
  const read = createInterface(child.stdout);
  read.on("line", (line) => lines.push(JSON.parse(line) as Record<string, unknown>));
  const exit = Promise.all([once(child, "exit"), once(read, "close")]).then(([[code]]) => code as number | null);
  return { child, exit, lines, requests: autoScaling.requests, state };
}

const request = (result: string) => ({
  Action: "CompleteLifecycleAction",
  Version: "2011-01-01",
  AutoScalingGroupName: "app-blue-group-1",
  LifecycleHookName: "boot-gate",
  InstanceId: "i-0123456789abcdef0",
  LifecycleActionResult: result,
});

it("answers CONTINUE when the spec passes at its second run and the hook waits at the second request", async () => {
  const goss = `if [ -e "$0.again" ]; then echo '${results(true, true)}'; else touch "$0.again"; echo '${results(true, false)}'; exit 1; fi`;
  const { exit, lines, requests, state } = await start({ goss, early: 1 });
  expect(await exit).toBe(0);
  expect(requests).toEqual([request("CONTINUE"), request("CONTINUE")]);
  expect(lines.map(({ event }) => event)).toEqual([
    "start",
    "spec",
    "failure",
    "spec",
    "verdict",
    "timeline",
    "retry",
    "answer",
  ]);
  expect(lines[2]).toMatchObject({ test: "Service: app: p1" });
  expect(readFileSync(path.join(state, "answered"), "utf8")).toBe("i-0123456789abcdef0\n");
});

it.each<[string, string | undefined, string]>([
  ["the spec fails until the deadline", `echo '${results(false)}'; exit 1`, "1 failure left when the time was over"],
  ["the spec has a mistake", "echo 'Error: found 0 tests'; exit 78", "goss exited with 78: Error: found 0 tests"],
  ["goss is missing", undefined, "goss can't be run: spawn goss ENOENT"],
])("answers ABANDON when %s", async (_, goss, reason) => {
  const { exit, lines, requests } = await start({ goss, deadline: "1" });
  expect(await exit).toBe(1);
  expect(requests).toEqual([request("ABANDON")]);
  expect(lines).toContainEqual({ gate: "boot-gate", event: "verdict", passed: false, reason });
});

it("answers CONTINUE when something that the spec has started keeps goss's output open, and ends that", async () => {
  const file = path.join(folder, "left-behind");
  const goss = `sleep 60 & echo $! > ${file}; echo '${results(true)}'`;
  const begun = performance.now();
  const { exit, requests } = await start({ goss });
  expect(await exit).toBe(0);
  expect(performance.now() - begun).toBeLessThan(10_000);
  expect(requests).toEqual([request("CONTINUE")]);
  await eventually(() => !isAlive(Number(readFileSync(file, "utf8"))));
});

it("answers ABANDON at its deadline, whatever hangs", async () => {
  const begun = performance.now();
  const { exit, requests } = await start({ goss: "trap '' TERM; sleep 60 & wait", deadline: "2" });
  expect(await exit).toBe(1);
  expect(performance.now() - begun).toBeLessThan(10_000);
  expect(requests).toEqual([request("ABANDON")]);
});

it("asks nothing of AWS outside of a group", async () => {
  const { "meta-data/instance-id": id, "meta-data/placement/region": region } = member;
  const metadata = { "meta-data/instance-id": id, "meta-data/placement/region": region };
  const { exit, lines, requests } = await start({ goss: `echo '${results(true)}'`, metadata });
  expect(await exit).toBe(0);
  expect(requests).toEqual([]);
  expect(lines.at(-1)).toMatchObject({ event: "answer", result: "none" });
});

it("ends on SIGTERM without an answer, and takes goss with it", async () => {
  const file = path.join(folder, "pid");
  writeFileSync(file, "");
  const pid = () => Number(readFileSync(file, "utf8"));
  const { child, exit, lines, requests } = await start({ goss: `echo $$ > ${file}; exec sleep 60`, deadline: "240" });
  await eventually(() => pid() > 0);
  child.kill("SIGTERM");
  expect(await exit).toBe(1);
  // Whose parent is gone stays in the list until the system's init has seen its end.
  await eventually(() => !isAlive(pid()));
  expect(requests).toEqual([]);
  expect(lines.at(-1)).toMatchObject({ event: "stopped" });
});

it("says in one line what is wrong with its deadline", async () => {
  const { exit, lines } = await start({ goss: `echo '${results(true)}'`, deadline: "soon" });
  expect(await exit).toBe(1);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({ event: "stopped", why: expect.stringContaining('"soon"') as string });
});
