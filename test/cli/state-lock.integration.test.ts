import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { isLeftLocked } from "../../cli/store/abandoned.ts";
import { processState } from "../../cli/store/holder.ts";
import type { Abandoned, Engine } from "../../cli/state/model.ts";
import { PulumiRunner, type Engines } from "../../cli/runner.ts";
import { pulumi } from "../../cli/pulumi.ts";
import { makePulumiProject, type PulumiProject } from "./pulumi-project.ts";

// The real CLI and its file backend: who holds the state, and what a release of its lock does, is theirs to say.
const repository = path.resolve(import.meta.dirname, "../..");
let project: PulumiProject;
let root: string;
let folder: string;
const file = (name: string) => path.join(root, name);
const stackRef = () => ({ folder, stack: "dev" });

/** Registers a resource, waits until it may go on, and registers another one. */
const program = `
import * as pulumi from "@pulumi/pulumi/index.js";
import { existsSync, writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
const { WHO, ROOT } = process.env;
new pulumi.ComponentResource("test:x:A", WHO + "-first");
writeFileSync(ROOT + "/" + WHO + ".works", "");
while (!existsSync(ROOT + "/" + WHO + ".go")) await pause(50);
new pulumi.ComponentResource("test:x:A", WHO + "-second");
`;

beforeAll(async () => {
  project = await makePulumiProject("test", program);
  ({ root, folder } = project);
  process.env.ROOT = root;
}, 600_000);
afterAll(() => project.cleanUp());

const locks = () =>
  readdirSync(file("state/.pulumi/locks"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".json"))
    .map(
      (name) =>
        JSON.parse(readFileSync(file(`state/.pulumi/locks/${name}`), "utf8")) as { pid: number; hostname: string },
    );
const works = async (who: string): Promise<void> => {
  while (!existsSync(file(`${who}.works`))) await pause(50);
};
/** The state has the first resource, whole: an engine that is killed while it writes leaves a file that nobody can read. */
const saved = async (who: string): Promise<void> => {
  const state = file("state/.pulumi/stacks/test/dev.json");
  while (!existsSync(state) || !isWhole(readFileSync(state, "utf8"), `::${who}-first`)) await pause(50);
};
function isWhole(text: string, name: string): boolean {
  try {
    return JSON.stringify(JSON.parse(text)).includes(name);
  } catch {
    return false;
  }
}
const mayGo = (who: string): void => writeFileSync(file(`${who}.go`), "");
const resources = async (): Promise<string[]> => {
  const { deployment } = JSON.parse(await pulumi(stackRef(), ["stack", "export"])) as {
    deployment: { resources?: { urn: string }[] };
  };
  return (deployment.resources ?? []).map(({ urn }) => urn.split("::").at(-1) ?? "");
};

/** A run of ours in a process of its own that is at work with the state in hand; `engine` is what its lock would tell. */
async function ourRun(who: string): Promise<{ process: ChildProcess; engine: Engine }> {
  const entry = file(`${who}.ts`);
  const source = path.join(repository, "cli", "runner.ts");
  writeFileSync(
    entry,
    `import { PulumiRunner } from ${JSON.stringify(source)};
    const runner = new PulumiRunner(${JSON.stringify(stackRef())}, new AbortController().signal);
    runner.engines = {
      engineStarts: async (engine) => console.log(JSON.stringify(engine)),
      engineEnded: async () => undefined,
      isLeftLocked: () => false,
    };
    await runner.run("up");`,
  );
  const run = spawn(process.execPath, [entry], {
    env: { ...process.env, WHO: who },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(createInterface({ input: run.stdout }), "line")) as [string];
  await works(who);
  await saved(who);
  return { process: run, engine: JSON.parse(line) as Engine };
}

/** The next run, which knows of those engines. */
function next(who: string, left: readonly Engine[], onWait: () => void = () => undefined) {
  const holder = { by: "ann", host: "desk", pid: 1 };
  const abandoned = left.map((engine): Abandoned => ({ holder, engine, heard: Date.now() }));
  const engines: Engines = {
    engineStarts: () => Promise.resolve(),
    engineEnded: () => Promise.resolve(),
    isLeftLocked: (by) => isLeftLocked(by, abandoned, Date.now(), processState),
  };
  process.env.WHO = who;
  mayGo(who);
  const runner = new PulumiRunner(stackRef(), new AbortController().signal);
  runner.engines = engines;
  return runner.run("up", {
    onProgress: (progress) => {
      if (progress.kind === "diagnostic" && progress.message.startsWith("another update holds the state")) onWait();
    },
  });
}

it("given a run that was killed in its update, the next one releases the state, which its engine holds by its number", async () => {
  const { process: run, engine } = await ourRun("killed");
  expect(locks()).toEqual([expect.objectContaining({ pid: engine.pid, hostname: engine.host })]);
  run.kill("SIGKILL");
  await once(run, "exit");
  while (processState(engine) !== "dead") await pause(20);
  expect(locks()).toHaveLength(1);
  expect(await next("after-kill", [engine])).toMatchObject({ ok: true });
  expect(locks()).toEqual([]);
  expect(await resources()).toContain("after-kill-second");
}, 60_000);

it("given a person's pulumi up after a run that was killed, the next one waits for it, and both are in the state", async () => {
  const { process: run, engine } = await ourRun("dead");
  run.kill("SIGKILL");
  await once(run, "exit");
  while (processState(engine) !== "dead") await pause(20);
  await pulumi(stackRef(), ["cancel", "--yes"]);
  const theirs = spawn("pulumi", ["up", "--stack", "dev", "--yes", "--skip-preview", "--non-interactive"], {
    cwd: folder,
    env: { ...process.env, WHO: "theirs" },
    stdio: "ignore",
  });
  await works("theirs");
  const [{ pid }] = locks();
  expect(pid).toBe(theirs.pid);
  let waited = 0;
  const result = await next("after-theirs", [engine], () => {
    expect(locks()).toEqual([expect.objectContaining({ pid })]);
    if (++waited === 2) mayGo("theirs");
  });
  expect(result).toMatchObject({ ok: true });
  expect(waited).toBeGreaterThanOrEqual(2);
  // The program of who came last no longer declares theirs: it was there, and went by an update of its own.
  expect(result.changes.map(({ op, name }) => `${op} ${name}`)).toContain("delete theirs-second");
}, 60_000);

it("given a living update whose lock is released all the same, it goes on and overwrites what the next one wrote", async () => {
  const { process: run } = await ourRun("living");
  await pulumi(stackRef(), ["cancel", "--yes"]);
  expect(locks()).toEqual([]);
  expect(await next("beside", [])).toMatchObject({ ok: true });
  expect(await resources()).toContain("beside-second");
  mayGo("living");
  await once(run, "exit");
  expect(await resources()).not.toContain("beside-second");
}, 60_000);
