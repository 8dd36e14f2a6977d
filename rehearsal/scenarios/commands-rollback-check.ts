import path from "node:path";
import { parse, stringify } from "yaml";
import { rollbackChecks } from "../../cli/analysis/rollback-check.ts";
import type { ReleasePlan } from "../../cli/plan/plan.ts";
import { formats, type StoredFormat } from "../images/formats.ts";
import { registerFormats, registerReference } from "../images/reference.ts";
import { putSettings } from "../machines.ts";
import { startRedis } from "../redis.ts";
import { quick } from "./commands.ts";
import { runCommand, startCommand, type CommandEnd } from "./commands-process.ts";
import { commandStep, emptyStandby, toRelease, type Scene } from "./commands-step.ts";
import { expectRecord, expectServing, servingNow } from "./commands-watch.ts";
import type { Step } from "./context.ts";
import { withProjectFile } from "./project-file.ts";

/** Milliseconds: how slow a new process is on a machine that is busy is no matter of this step. */
const p95Slack = 5_000;

/** The release that serves. */
const before = "v5.0.0";

interface Format extends StoredFormat {
  readonly imageId: string;
}

/** The reference service's own check, which must not get the release's keys. */
const sound =
  'test -z "$AWS_ACCESS_KEY_ID$AWS_SECRET_ACCESS_KEY$PULUMI_CONFIG_PASSPHRASE" && node packages/app/rollback-check.ts';

const withCheck = <T>(scene: Scene, command: string, timeout: string, run: () => Promise<T>): Promise<T> =>
  withProjectFile(
    scene.context,
    (text) => {
      const { limits } = parse(text) as { limits: object };
      return stringify({ limits: { ...limits, p95Slack }, rollbackCheck: { command, timeout, release: true } });
    },
    run,
  );

const resultIn = ({ events }: CommandEnd): unknown => events.find(({ type }) => type === "result")?.value;

/** Each bad input is told in one line, and moves nothing. */
async function badInput(scene: Scene, image: string): Promise<void> {
  const { context } = scene;
  const check = ["check", "--rollback"];
  await runCommand(context, check, 2, /names no command .*rollbackCheck/);
  await withCheck(scene, sound, "1m", () => runCommand(context, check, 3, /Nothing is staged/));
  await runCommand(context, ["stage", image], 0);
  const wrong: [string, string, RegExp][] = [
    ["./no-such-check", "1m", /did not write: exit code 127: .*no-such-check: not found/],
    ["sleep 60", "1s", /did not write: no end within 1s/],
  ];
  for (const [command, timeout, words] of wrong)
    await withCheck(scene, command, timeout, () => runCommand(context, check, 1, words));
}

/** Staged and proved by hand, one after the other. */
async function compatible(scene: Scene, images: readonly Format[]): Promise<void> {
  for (const { name, imageId } of images) {
    scene.context.say(`${name}: reads and is read`);
    await runCommand(scene.context, ["stage", imageId], 0);
    const end = await runCommand(scene.context, ["check", "--rollback"], 0);
    const { proved, checks } = resultIn(end) as { proved?: boolean; checks?: { name: string; ok: boolean }[] };
    const names = checks?.filter(({ ok }) => ok).map((one) => one.name);
    if (proved !== true || names?.join() !== rollbackChecks.join())
      throw new Error(`${name} was to be proved in both orders, but: ${JSON.stringify(resultIn(end))}`);
  }
}

/** As a step of a release that is planned, killed in its proof, and given again; then its rollback is proved once more. */
async function released(scene: Scene, { imageId }: Format): Promise<void> {
  const { context, stack } = scene;
  const serving = await servingNow(context, stack);
  const { steps, cost } = resultIn(await runCommand(context, ["plan", imageId, ...quick], 0)) as ReleasePlan;
  if (!steps.some(({ kind }) => kind === "prove")) throw new Error("the plan was to name the proof of the rollback");
  if (!(cost?.usd !== undefined && cost.usd > 0)) throw new Error(`the plan was to cost something: ${cost?.usd}`);
  const args = ["release", imageId, ...quick];
  const killed = startCommand(context, args);
  await killed.event(
    "its proof",
    ({ type, status, title = "" }) => type === "step" && status === "started" && title.startsWith("Proving"),
  );
  killed.kill("SIGKILL");
  await killed.end;
  await expectServing(context, stack, serving);
  await runCommand(context, args, 0);
  const { checks } = await expectRecord(context, stack, imageId, "released");
  for (const order of rollbackChecks)
    if (!checks.some(({ name, ok }) => name === order && ok)) throw new Error(`the record does not say ${order}`);
  await runCommand(context, ["check", "--rollback"], 0);
  await runCommand(context, ["rollback"], 0);
  await expectServing(context, stack, serving);
}

/** Each is taken back before its first request. */
async function incompatible(scene: Scene, images: readonly Format[]): Promise<void> {
  const { context, stack, watch } = scene;
  const serving = await servingNow(context, stack);
  const moves = watch.moves.length;
  for (const { name, imageId } of images) {
    context.say(`${name}: to be caught`);
    const words = /(new writes, old reads|old writes, new reads): .* did not read /;
    await runCommand(context, ["release", imageId, ...quick], 4, words);
    await expectServing(context, stack, serving);
    const { checks } = await expectRecord(context, stack, imageId, "rolled-back");
    if (!checks.some((check) => rollbackChecks.some((order) => order === check.name) && !check.ok))
      throw new Error(`the record of ${name} does not say what was not read`);
  }
  await watch.look();
  if (watch.moves.length > moves) throw new Error("an image that was not proved got requests");
}

const rollbackCheck = commandStep(
  "command-rollback-check",
  "a rollback is proved before the release: five formats that would lose sessions or data are caught, five go on",
  async (scene) => {
    const { context } = scene;
    const { client, timeScale, stack } = context.session;
    const redis = await startRedis((line) => context.say(line));
    try {
      const folder = path.dirname(stack.stackRef.folder);
      const [reference] = await registerReference([before], folder, client);
      const ids = await registerFormats(before, formats, folder, client);
      const all = formats.map((format, index): Format => ({ ...format, imageId: ids[index] }));
      const [good, bad] = [true, false].map((wanted) => all.filter(({ isCompatible }) => isCompatible === wanted));
      await putSettings(client, "/bluegreen/dev", { redisUrl: redis.url, timeScale });
      await runCommand(context, ["release", reference, ...quick], 0);
      await emptyStandby(scene);
      await badInput(scene, good[0].imageId);
      await withCheck(scene, sound, "1m", async () => {
        await compatible(scene, good);
        await released(scene, good[good.length - 1]);
        await incompatible(scene, bad);
      });
      // Whatever comes next finds images that need no Redis server.
      await runCommand(context, ["release", (await toRelease(scene)).image, ...quick], 0);
      await runCommand(context, ["retire"], 0);
      return { note: `${bad.length} of ${bad.length} caught, ${good.length} of ${good.length} proved` };
    } finally {
      await redis.stop();
    }
  },
);

export const rollbackCheckSteps: Step[] = [rollbackCheck];
