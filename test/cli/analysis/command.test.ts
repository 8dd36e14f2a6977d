import { mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { commandEnvironment, commandVariables, runCommand, type CommandRun } from "../../../cli/analysis/command.ts";
import { runHooks } from "../../../cli/analysis/hooks.ts";

const { setTimeout: realTimeout } = globalThis;
const pause = (milliseconds: number) => new Promise((resolve) => realTimeout(resolve, milliseconds));

let folder: string;
let lines: string[];
beforeEach(() => {
  folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), "command-")));
  lines = [];
});
afterEach(() => {
  jest.useRealTimers();
  rmSync(folder, { recursive: true });
});

const run = (command: string, changes: Partial<CommandRun> = {}) =>
  runCommand({
    command,
    cwd: folder,
    env: process.env,
    timeoutSeconds: 60,
    onLine: (line) => lines.push(line),
    ...changes,
  });

test.each<[string, string, boolean, string]>([
  ["exit code 0 is a pass", "true", true, "exit code 0"],
  ["anything else is none", "exit 3", false, "exit code 3"],
  ["its last line says why", "echo one; echo two >&2; echo; exit 1", false, "exit code 1: two"],
  ["a signal is none", "kill -9 $$", false, "ended by SIGKILL"],
  ["a command that is not there", "/no/such/command 2>/dev/null", false, "exit code 127"],
])("%s", async (_, command, ok, detail) => expect(await run(command)).toEqual({ ok, detail }));

test("fails when the project's folder is gone", async () =>
  expect(await run("true", { cwd: path.join(folder, "gone") })).toEqual({
    ok: false,
    detail: expect.stringContaining("it can't be started") as string,
  }));

test("it runs in the folder, with the environment that it was given, and each of its lines is told", async () => {
  await run('pwd; echo "$GREETING $HOME"', { env: { PATH: process.env.PATH, GREETING: "hello" } });
  expect(lines).toEqual([folder, "hello "]);
});

/** The first line that a command prints: ids of its shell and of a process that it has started. */
function pids(): { onLine: CommandRun["onLine"]; known: Promise<number[]> } {
  let onLine: CommandRun["onLine"] = () => undefined;
  const known = new Promise<number[]>((resolve) => {
    onLine = (line) => resolve(line.split(" ").map(Number));
  });
  return { onLine, known };
}

function isAlive(pid: number): boolean {
  try {
    // A process that nobody has waited for yet has ended all the same.
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

/** Resolves when all have ended: the kernel closes a process's output a moment before that. */
async function allGone(known: readonly number[]): Promise<void> {
  while (known.some(isAlive)) await pause(5);
}

function onlyTimeoutsAreFake(): void {
  const real = [
    "nextTick",
    "queueMicrotask",
    "setImmediate",
    "clearImmediate",
    "setInterval",
    "clearInterval",
  ] as const;
  jest.useFakeTimers({ doNotFake: [...real, "Date", "performance", "hrtime"] });
}

/** Passes 50 seconds of the command's timers a second until it has settled; processes take the time that they take. */
async function ahead<T>(running: Promise<T>): Promise<T> {
  let settled = false;
  running.then(
    () => (settled = true),
    () => (settled = true),
  );
  while (!settled) {
    jest.advanceTimersByTime(100);
    await pause(2);
  }
  return running;
}

test.each([
  { when: "it ends", command: "sleep 1000 & echo $$ $!; wait", grace: false },
  {
    when: "it does not end itself on SIGTERM",
    command: 'trap "" TERM; (trap "" TERM; sleep 1000) & echo $$ $!; wait',
    grace: true,
  },
])("a command that is aborted takes its whole group with it, also when $when", async ({ command, grace }) => {
  onlyTimeoutsAreFake();
  const controller = new AbortController();
  const seen = pids();
  const running = run(command, { signal: controller.signal, onLine: seen.onLine });
  const known = await seen.known;
  expect(known.map(isAlive)).toEqual([true, true]);
  controller.abort(new Error("Ctrl-C"));
  await expect(grace ? ahead(running) : running).rejects.toThrow("Ctrl-C");
  await allGone(known);
});

test("fails when it takes too long, and takes its group with it", async () => {
  onlyTimeoutsAreFake();
  const seen = pids();
  const running = run("sleep 1000 & echo $$ $!; wait", { timeoutSeconds: 2, onLine: seen.onLine });
  await seen.known;
  expect(await ahead(running)).toMatchObject({
    ok: false,
    detail: expect.stringMatching(/^no end within 2s: \d+ \d+$/) as string,
  });
  await allGone(await seen.known);
});

test("what it leaves in the background ends with it, and is not waited for", async () => {
  const seen = pids();
  expect(await run("sleep 1000 & echo $$ $!", { onLine: seen.onLine })).toMatchObject({ ok: true });
  await allGone(await seen.known);
});

test("given a process that left the group and still holds the output, then it is not waited for", async () => {
  onlyTimeoutsAreFake();
  const seen = pids();
  const command = `setsid sh -c 'echo $$; touch left; exec sleep 1000' & until [ -e left ]; do sleep 0.01; done`;
  const running = run(command, { timeoutSeconds: 86_400, onLine: seen.onLine });
  expect(await ahead(running)).toMatchObject({ ok: true });
  const [left] = await seen.known;
  process.kill(left, "SIGKILL");
});

test("given an abort before the start, then nothing runs", async () => {
  const signal = AbortSignal.abort(new Error("Ctrl-C"));
  await expect(run("echo it runs", { signal })).rejects.toThrow("Ctrl-C");
  expect(lines).toEqual([]);
});

describe("hooks", () => {
  const hooks = (commands: string[], signal?: AbortSignal) =>
    runHooks(commands, { cwd: folder, env: process.env, signal, onLine: (line) => lines.push(line) });

  test("given hooks that all succeed, then they run one after the other and the release goes on", async () => {
    expect(await hooks(["echo one", "echo two"])).toEqual({ kind: "continue" });
    expect(lines).toEqual(["one", "two"]);
  });

  test("given no hooks, then the release goes on", async () => expect(await hooks([])).toEqual({ kind: "continue" }));

  test("given a hook that fails, then the release is rolled back and no further hook runs", async () => {
    expect(await hooks(["echo one", "echo bad; exit 2", "echo three"])).toEqual({
      kind: "rollback",
      why: "the hook echo bad; exit 2 says no (exit code 2: bad)",
    });
    expect(lines).toEqual(["one", "bad"]);
  });

  test("given an abort, then no hook has an answer", async () =>
    expect(hooks(["true"], AbortSignal.abort(new Error("Ctrl-C")))).rejects.toThrow("Ctrl-C"));
});

const context = {
  stack: "dev",
  stage: "check",
  color: "green",
  image: { imageId: "ami-1", version: "v2.0.0" },
  url: "http://a",
  previewUrl: "http://a:9090",
} as const;

test("variables tell what is released and how it is asked", () => {
  expect(commandVariables(context)).toEqual({
    BLUEGREEN_STACK: "dev",
    BLUEGREEN_STAGE: "check",
    BLUEGREEN_COLOR: "green",
    BLUEGREEN_IMAGE: "ami-1",
    BLUEGREEN_VERSION: "v2.0.0",
    BLUEGREEN_URL: "http://a",
    BLUEGREEN_PREVIEW_URL: "http://a:9090",
    BLUEGREEN_PREVIEW_HEADER: "X-Bluegreen-Preview: green",
  });
});

test("given a release's environment, then a team's command gets no key of it but what the project file names", () => {
  const release = {
    PATH: "/bin",
    HOME: "/home/a",
    LC_ALL: "C",
    CI: "true",
    AWS_ACCESS_KEY_ID: "AKID",
    AWS_SECRET_ACCESS_KEY: "s",
    AWS_PROFILE: "prod",
    PULUMI_CONFIG_PASSPHRASE: "p",
    PULUMI_ACCESS_TOKEN: "t",
    GITHUB_TOKEN: "g",
    NODE_OPTIONS: "--require x",
    BLUEGREEN_LOCK: "lock",
    SMOKE_TOKEN: "mine",
  };
  const shown = (named: string[]) =>
    Object.keys(commandEnvironment(release, named, context)).filter((name) => !(name in commandVariables(context)));
  expect(shown([])).toEqual(["PATH", "HOME", "LC_ALL", "CI"]);
  expect(shown(["SMOKE_TOKEN", "AWS_PROFILE", "NOT_SET"])).toEqual([
    ...["PATH", "HOME", "LC_ALL", "CI"],
    ...["AWS_PROFILE", "SMOKE_TOKEN"],
  ]);
});
