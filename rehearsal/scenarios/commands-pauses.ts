import { touchedResources } from "../../automation/protocol.ts";
import type { StatusReport } from "../../cli/status/report.ts";
import { quick } from "./commands.ts";
import { expectEnd, runCommand, startCommand } from "./commands-process.ts";
import { commandStep, emptyStandby, toRelease, type Scene } from "./commands-step.ts";
import { expectRecord, expectServing, seenNow } from "./commands-watch.ts";
import { until, type Step } from "./context.ts";
import { adding, withProjectFile } from "./project-file.ts";

const pauses = (...entries: [after: string, timeout: string, then: string][]): string =>
  [
    "pauses:",
    ...entries.map(([after, timeout, then]) => `  - { after: ${after}, timeout: ${timeout}, then: ${then} }`),
  ].join("\n");

async function expectShare({ context, stack }: Scene, color: "blue" | "green", share: number): Promise<void> {
  const { weights } = await seenNow(context, stack);
  if (weights[color] !== share) throw new Error(`${color} was to have ${share} %, but has ${weights[color]} %`);
}

async function statusNow({ context }: Scene): Promise<StatusReport> {
  const { events } = await runCommand(context, ["status"], 0);
  return events.find(({ type }) => type === "result")?.value as StatusReport;
}

/** Each pause is ended by another process; what others do meanwhile leaves the canary where it is. */
async function continued(scene: Scene): Promise<void> {
  const { context, stack } = scene;
  await emptyStandby(scene);
  const { to, image } = await toRelease(scene);
  const { events } = await runCommand(context, ["release", image, ...quick], 7, /is paused after its checks/);
  const shown = events.find(({ type }) => type === "result")?.value as { checks?: unknown[]; tags?: unknown[] };
  if (!shown.checks?.length || !shown.tags?.length)
    throw new Error(`the pause was to show checks and tags: ${JSON.stringify(shown)}`);
  await expectShare(scene, to, 0);
  await runCommand(context, ["shift", "50"], 7, /is paused after its checks/);
  await runCommand(
    context,
    ["release", context.session.images["brings-schema-2"], ...quick],
    3,
    /is paused after its checks/,
  );
  await runCommand(context, ["continue", "--reason", "checks are well"], 7, /is paused after its canary of 10 %/);
  await expectShare(scene, to, 10);
  const { pause: waits } = await statusNow(scene);
  if (waits?.after !== "10%" || waits.expired)
    throw new Error(`status was to show the pause, but: ${JSON.stringify(waits)}`);
  await runCommand(context, ["drift", "--repair"], 0);
  await context.adopt();
  const touched = touchedResources(await context.updated(context.fixture ?? {}));
  if (touched.length > 0) throw new Error(`pulumi up amid a pause touched ${touched.join(", ")}`);
  await expectShare(scene, to, 10);
  const args = ["continue", "--reason", "the canary is well"];
  // Killed behind its word, it is given again.
  const killed = startCommand(context, args);
  await killed.event(
    "its flip",
    ({ type, step, status }) => type === "step" && step === "cutover" && status === "started",
  );
  killed.kill("SIGKILL");
  await killed.end;
  await runCommand(context, args, 0);
  await expectServing(context, stack, to);
  const record = await expectRecord(context, stack, image, "released");
  const whys = (record.pauses ?? []).map(({ ended }) => `${ended?.how}: ${ended?.why}`).join(", ");
  if (whys !== "continued: checks are well, continued: the canary is well") throw new Error(`the record says ${whys}`);
  await runCommand(context, ["continue"], 3, /Nothing is paused on .*; traffic stays as it was/);
}

/** Before its first request, and in its canary. */
async function takenBack(scene: Scene): Promise<void> {
  const { context, stack } = scene;
  for (const share of [0, 10]) {
    await emptyStandby(scene);
    const { serving, to, image } = await toRelease(scene);
    await runCommand(context, ["release", image, ...quick], 7);
    if (share > 0) await runCommand(context, ["continue"], 7, /is paused after its canary/);
    await expectShare(scene, to, share);
    await runCommand(context, ["rollback", "--reason", "not today"], 0);
    await expectServing(context, stack, serving);
    const { why, pauses: kept } = await expectRecord(context, stack, image, "rolled-back");
    if (why !== "not today" || kept?.at(-1)?.ended?.how !== "rolled back")
      throw new Error(`the record says ${why}, ${JSON.stringify(kept?.at(-1)?.ended)}`);
    await runCommand(context, ["continue"], 3, /Nothing is paused/);
  }
}

/** Nobody decides in time: the next command that goes on does what was declared, and status only tells. */
async function timedOut(scene: Scene): Promise<void> {
  const { context, stack } = scene;
  const { serving, to, image } = await toRelease(scene);
  await runCommand(context, ["release", image, ...quick], 7, /is paused after its canary of 10 %.*then: rollback/);
  await runCommand(context, ["continue", "--expired"], 0);
  await expectShare(scene, to, 10);
  await until("the time is over", 60, async () => (await statusNow(scene)).pause?.expired === true);
  await expectShare(scene, to, 10);
  await runCommand(context, ["continue", "--expired"], 4, /nobody decided within 30s after its canary of 10 %/);
  await expectServing(context, stack, serving);
  await expectRecord(context, stack, image, "rolled-back");
  await runCommand(context, ["continue", "--expired"], 0);
}

/** One process waits, another one decides; then one goes on and one goes back, at once. */
async function waitedFor(scene: Scene): Promise<void> {
  const { context, stack } = scene;
  const { serving, to, image } = await toRelease(scene);
  const args = ["release", image, ...quick, "--wait"];
  const waits = startCommand(context, args);
  await waits.event("its pause", ({ title, status }) => title === "Waiting for a decision" && status === "started");
  await runCommand(context, ["continue"], 0);
  expectEnd(args, await waits.end, 0);
  await expectServing(context, stack, to);
  await runCommand(context, ["rollback"], 0);
  await runCommand(context, ["release", image, ...quick], 7);
  const [on, back] = await Promise.all([
    startCommand(context, ["continue"]).end,
    startCommand(context, ["rollback", "--reason", "not today"]).end,
  ]);
  expectEnd(["rollback"], back, 0);
  if (on.code === 0) throw new Error("continue was to be told of the rollback, and says that all went as asked");
  expectEnd(
    ["continue"],
    on,
    on.code ?? 1,
    /stops here and changes nothing more|another command holds the lock|works on this stack|Nothing is paused/,
  );
  await expectServing(context, stack, serving);
  await expectRecord(context, stack, image, "rolled-back");
}

const checksAndCanary = pauses(["check", "14d", "rollback"], ["10%", "2h", "rollback"]);

const trials: [string, string, (scene: Scene) => Promise<void>][] = [
  ["pauses that others end", checksAndCanary, continued],
  ["pauses that end in a rollback", checksAndCanary, takenBack],
  ["a pause that nobody ends", pauses(["10%", "30s", "rollback"]), timedOut],
  ["who waits, and who comes at once", pauses(["check", "1h", "rollback"]), waitedFor],
];

const paused = commandStep(
  "command-pauses",
  "a release waits for people: who goes on, goes back, or comes too late, from any process",
  async (scene) => {
    for (const [what, file, trial] of trials) {
      scene.context.say(what);
      await withProjectFile(scene.context, adding(file), () => trial(scene)).catch((error: unknown) => {
        throw new Error(`${what}: ${error instanceof Error ? error.message : String(error)}`);
      });
    }
    const { image } = await toRelease(scene);
    const unknown = pauses(["bake", "1h", "rollback"]);
    await withProjectFile(scene.context, adding(unknown), () =>
      runCommand(scene.context, ["release", image, ...quick], 2, /pauses\.0\.after/),
    );
    return { note: `${trials.length} of ${trials.length} as expected` };
  },
);

export const pauseSteps: Step[] = [paused];
