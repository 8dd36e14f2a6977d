import { other } from "../../deployment/model.ts";
import { quick } from "./commands.ts";
import { runCommand } from "./commands-process.ts";
import { commandStep, emptyStandby, toRelease, type Scene } from "./commands-step.ts";
import { expectRecord, expectServing, servingNow } from "./commands-watch.ts";
import type { Step } from "./context.ts";
import { adding, withProjectFile } from "./project-file.ts";

/** @param days from today */
const day = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const freezeOf = (from: string, to: string, timeZone: string): string =>
  `freeze:\n  - { from: ${from}, to: ${to}, timeZone: ${timeZone}, reason: Christmas business }`;

/** A command is refused with the reason and the end, and moves nothing. */
async function refused({ context, watch }: Scene, args: string[]): Promise<void> {
  await watch.look();
  const moves = watch.moves.length;
  const { events } = await runCommand(context, args, 8, /is frozen until .* Asia\/Kathmandu \(Christmas business\)/);
  const error = events.find(({ type }) => type === "error") as { reason?: string; until?: string } | undefined;
  if (error?.reason !== "Christmas business" || !(Date.parse(error.until ?? "") > Date.now()))
    throw new Error(`${args[0]} was to tell machines reason and end, but told ${JSON.stringify(error)}`);
  await watch.look();
  if (watch.moves.length > moves) throw new Error("a refused command moved traffic");
}

/** Each forward move, and what would take the rollback away; a rollback goes, and so does who says why. */
async function frozen(scene: Scene): Promise<void> {
  const { context, stack } = scene;
  const { serving, to, image } = await toRelease(scene);
  for (const args of [
    ["release", image, ...quick],
    ["stage", image],
  ])
    await refused(scene, args);
  const why = "a hole in the login, agreed with Ann";
  await runCommand(context, ["release", image, ...quick, "--during-freeze", why], 0);
  const { duringFreeze = [] } = await expectRecord(context, stack, image, "released");
  if (duringFreeze.at(-1)?.why !== why)
    throw new Error(`the record was to say ${why}, but: ${JSON.stringify(duringFreeze)}`);
  await expectServing(context, stack, to);
  await refused(scene, ["retire"]);
  await runCommand(context, ["rollback"], 0);
  await expectServing(context, stack, serving);
}

const freeze = commandStep(
  "command-freeze",
  "a freeze: forward moves are refused with its end, a rollback goes, and so does --during-freeze",
  async (scene) => {
    const { context, stack } = scene;
    await emptyStandby(scene);
    await withProjectFile(context, adding(freezeOf(day(-1), day(1), "Asia/Kathmandu")), () => frozen(scene));
    const { image } = await toRelease(scene);
    const wrong: [string, RegExp][] = [
      [freezeOf(day(1), day(-1), "UTC"), /freeze\.0\.to: .* Allowed: a time after/],
      [freezeOf(day(-1), day(1), "Europe/Berlim"), /freeze\.0\.timeZone: "Europe\/Berlim"\. Allowed: a time zone/],
    ];
    for (const [text, words] of wrong)
      await withProjectFile(context, adding(text), () => runCommand(context, ["release", image, ...quick], 2, words));
    await runCommand(context, ["retire"], 0);
    return { note: `${other(await servingNow(context, stack))} is off again` };
  },
);

export const freezeSteps: Step[] = [freeze];
