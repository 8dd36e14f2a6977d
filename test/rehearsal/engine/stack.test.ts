import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { ConfigOverrides } from "../../../rehearsal/engine/settings.ts";
import { stackOutputsOf } from "../../stack-outputs.ts";
import { RehearsalStack } from "../../../rehearsal/engine/stack.ts";

/** Stands in for the CLI: notes how it is called, and its `up` runs until Ctrl-C. */
const CLI = (root: string): string => `#!/bin/sh
echo "$*" >> ${root}/calls.log
case "$1" in
  up) trap 'echo "error: update canceled" >&2; exit 255' INT; while :; do echo >> ${root}/beats; sleep 0.05; done ;;
  preview) echo '{"diagnosticEvent":{"severity":"warning","message":"mind the gap"}}'; echo "error: bad settings" >&2; exit 255 ;;
  stack) [ "$2" = output ] && echo '${JSON.stringify(stackOutputsOf())}' ;;
esac
true
`;

let root: string;

beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), "bluegreen-test-"));
  for (const folder of ["bin", "project"]) mkdirSync(path.join(root, folder));
  writeFileSync(path.join(root, "bin", "pulumi"), CLI(root));
  chmodSync(path.join(root, "bin", "pulumi"), 0o755);
  writeFileSync(path.join(root, "project", "Pulumi.yaml"), "name: p\nruntime: nodejs\nmain: index.ts\n");
  writeFileSync(path.join(root, "Pulumi.dev.yaml"), "config:\n  p:color: blue\n");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const stackWith = (config: ConfigOverrides = {}): RehearsalStack =>
  new RehearsalStack({
    stackName: "dev",
    workDir: path.join(root, "work"),
    project: path.join(root, "project"),
    repository: root,
    programs: [path.join(root, "bin")],
    config,
  });

const calls = (): string[] => readFileSync(path.join(root, "calls.log"), "utf8").trim().split("\n");
const beats = (): number => (existsSync(path.join(root, "beats")) ? statSync(path.join(root, "beats")).size : 0);
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until the CLI's `up` is at work. */
async function working(): Promise<void> {
  while (beats() === 0) await wait(20);
}

/** The killed process may stay a zombie for a while: what counts is that it does no more. */
async function expectNoMoreWork(): Promise<void> {
  await wait(100);
  const before = beats();
  await wait(300);
  expect(beats()).toBe(before);
}

it("updates as a person does: a preview first, and no question", async () => {
  const up = await stackWith().start("up", { preview: true });
  await working();
  up.kill();
  await up.result;
  expect(calls()).toEqual([
    "stack init --stack dev --non-interactive",
    "up --stack dev --json --non-interactive --yes",
  ]);
});

it("interrupts as Ctrl-C does: the CLI ends by itself and says so", async () => {
  const up = await stackWith().start("up");
  await working();
  up.interrupt();
  expect(await up.result).toMatchObject({ operation: "up", ok: false, interrupted: true, error: "update canceled" });
  await expectNoMoreWork();
});

it("kills the CLI, and says so in the result", async () => {
  const up = await stackWith().start("up");
  await working();
  up.kill();
  const result = await up.result;
  expect(result).toMatchObject({ ok: false, interrupted: true });
  expect(result.error).toContain("SIGKILL");
  await expectNoMoreWork();
});

it("gives what the CLI refuses as the error of a result, beside what the engine has said", async () => {
  const result = await stackWith().preview();
  expect(result).toMatchObject({ operation: "preview", ok: false, interrupted: false, error: "bad settings" });
  expect(result.diagnostics).toEqual([{ severity: "warning", message: "mind the gap" }]);
});

it("writes the settings, makes the stack where there is none, and reads outputs", async () => {
  const stack = stackWith({ weight: 10 });
  stack.setConfig({ color: "green" });
  await stack.prepare();
  expect(await stack.outputs()).toEqual(stackOutputsOf());
  expect(readFileSync(path.join(root, "project", "Pulumi.dev.yaml"), "utf8")).toBe(
    "config:\n  p:color: green\n  p:weight: 10\n",
  );
  expect(calls()).toContain("stack init --stack dev --non-interactive");
});
