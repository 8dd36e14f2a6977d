import { execFile } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { commandStep, toRelease, type Scene } from "./commands-step.ts";
import { expectServing } from "./commands-watch.ts";
import type { Step } from "./context.ts";
import { adding, withProjectFile } from "./project-file.ts";

/** Seconds of each watch. */
const watched = 15;

/** What a pipeline's log and summary get of a release, with GitHub's variables. */
async function released({ context }: Scene, image: string): Promise<{ log: string; summary: string }> {
  const { stack } = context.session;
  const { folder } = stack.stackRef;
  const file = path.join(folder, "summary.md");
  // What a check prints is somebody else's text, and a command to a runner that would obey it.
  const hostile = "echo '::set-output name=x::y'; echo '##[add-mask]z'";
  const checks = `checks:\n  - name: hostile | check\n    command: ${JSON.stringify(hostile)}`;
  const args = ["release", image, "--strategy", `canary=10%,${watched}s`, "--bake", `${watched}s`];
  const env = { ...stack.environment(), GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: file };
  try {
    const log = await withProjectFile(
      context,
      adding(checks),
      () =>
        new Promise<string>((resolve, reject) =>
          execFile("bluegreen", args, { cwd: folder, env }, (error, stdout, stderr) =>
            error ? reject(new Error(`${error.message}: ${stderr}`)) : resolve(stdout + stderr),
          ),
        ),
    );
    return { log, summary: await readFile(file, "utf8") };
  } finally {
    await rm(file, { force: true });
  }
}

const log = commandStep(
  "command-log",
  "a release in a pipeline: a log that folds and stays short, a summary, and nothing that the runner obeys",
  async (scene) => {
    const { context, stack } = scene;
    const { to, image } = await toRelease(scene);
    const { log: text, summary } = await released(scene, image);
    await expectServing(context, stack, to);
    const lines = text.split("\n");
    const looks = lines.filter((line) => /^ {2}[█░]{20} /.test(line)).length;
    // Two watches: the first look, the last one, and the end of the wait for enough requests.
    if (looks === 0 || looks > 10)
      throw new Error(`two watches of ${watched} s were to fill a few lines, and filled ${looks}`);
    const groups = lines.filter((line) => line.startsWith("::group::")).length;
    if (groups < 5 || lines.filter((line) => line === "::endgroup::").length !== groups)
      throw new Error(`each step was to be a group, and ${groups} were`);
    const obeyed = lines.filter((line) => /^\s*::(?!group::|endgroup::)/.test(line) || line.includes("##["));
    if (obeyed.length > 0) throw new Error(`the runner would obey ${obeyed.join(" | ")}`);
    for (const words of [
      /^### bluegreen release/,
      /\| now \| \d+ % \| \d+ % \|/,
      /What the verdict saw/,
      /hostile \\\| check/,
    ])
      if (!words.test(summary)) throw new Error(`the summary was to say ${words}, but: ${summary}`);
    return { note: `${lines.length} lines, ${looks} of them of ${2 * watched} s of watching; ${groups} groups` };
  },
);

export const logSteps: Step[] = [log];
