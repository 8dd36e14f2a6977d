import { RegisterImageCommand, type Tag } from "@aws-sdk/client-ec2";
import { ec2 } from "./aws.ts";
import { quick } from "./commands.ts";
import { expectEnd, runCommand, startCommand, type CommandEvent } from "./commands-process.ts";
import { directRollback, driftAndRepair, olderCheckout, ruleByHand } from "./commands-drift.ts";
import { foreignTraffic } from "./commands-foreign.ts";
import { commandStep, toRelease, type Scene } from "./commands-step.ts";
import { expectRecord, expectServing } from "./commands-watch.ts";
import type { Step } from "./context.ts";
import { adding, withProjectFile } from "./project-file.ts";

/** A strategy whose canary goes on until somebody ends it. */
const long = ["--strategy", "canary=10%,5m", "--bake", "1s"];

const watching = ({ type, status, title }: CommandEvent): boolean =>
  type === "step" && status === "started" && /^Watching/.test(title ?? "");

/** The second release is refused; a rollback takes the stack, and the first release ends without another touch. */
async function twoAtOnce(scene: Scene): Promise<void> {
  const { context, stack, watch } = scene;
  const { serving, to, image } = await toRelease(scene);
  const args = ["release", image, ...long];
  const first = startCommand(context, args);
  await first.event("its canary", watching);
  await runCommand(context, ["release", context.session.images["brings-schema-2"], ...quick], 5, /works on this stack/);
  await runCommand(context, ["rollback"], 0);
  const moves = watch.moves.length;
  expectEnd(args, await first.end, 1, /stops here and changes nothing more/);
  await expectServing(context, stack, serving);
  await expectRecord(context, stack, image, "rolled-back");
  if (watch.moves.length > moves) throw new Error(`a release that was taken over moved ${to}'s traffic`);
}

async function registered(scene: Scene, name: string, tags: Tag[]): Promise<string> {
  const TagSpecifications = tags.length > 0 ? [{ ResourceType: "image" as const, Tags: tags }] : undefined;
  const image = new RegisterImageCommand({ Name: `bluegreen-${name}`, TagSpecifications });
  return (await ec2(scene.context).send(image)).ImageId ?? "";
}

/** Each in one sentence, before anything is touched. */
async function badImages(scene: Scene): Promise<void> {
  const untagged = await registered(scene, "untagged", []);
  const unproven = await registered(scene, "unproven", [{ Key: "Version", Value: "v9.0.0" }]);
  const refusals: [string, number, RegExp][] = [
    ["latest", 2, /is no image/],
    ["v9.9.9", 3, /No image of v9.9.9 is published/],
    ["ami-00000000", 3, /can't be seen/],
    [untagged, 3, /has no tag Version.*has no tag GossReport/],
    [unproven, 3, /has no tag GossReport/],
  ];
  for (const [image, code, words] of refusals) {
    const { errors } = await runCommand(scene.context, ["release", image, ...quick], code, words);
    if (errors[0]?.includes("\n")) throw new Error(`more than a sentence: ${errors[0]}`);
  }
}

/** A release that is interrupted while it bakes: its rollback target can't be retired, and is taken. */
async function retireTooEarly(scene: Scene): Promise<void> {
  const { context, stack } = scene;
  const { serving, image } = await toRelease(scene);
  const args = ["release", image, "--strategy", "all-at-once", "--bake", "5m"];
  const baking = startCommand(context, args);
  await baking.event(
    "its bake",
    ({ type, step, status }) => type === "step" && step === "bake" && status === "started",
  );
  baking.kill("SIGINT");
  expectEnd(args, await baking.end, 130, /Traffic stays as it is/);
  await runCommand(context, ["retire"], 3, /is its rollback target/);
  await runCommand(context, ["rollback"], 0);
  await expectServing(context, stack, serving);
  await expectRecord(context, stack, image, "rolled-back");
}

async function hookSaysNo(scene: Scene): Promise<void> {
  const { context, stack } = scene;
  const hooks = "hooks:\n  before:\n    cutover:\n      - echo 'not on a Friday' && exit 1";
  await withProjectFile(context, adding(hooks), async () => {
    const { serving, image } = await toRelease(scene);
    await runCommand(context, ["release", image, ...quick], 4, /not on a Friday/);
    await expectServing(context, stack, serving);
    await expectRecord(context, stack, image, "rolled-back");
  });
}

/** A job gives its log, and its machine is gone afterwards. */
async function job({ context }: Scene): Promise<void> {
  const { events } = await runCommand(context, ["run", "migrate"], 0);
  if (!events.some(({ text }) => text?.includes("schema 1: nothing to do")))
    throw new Error(`the job's log was to say "nothing to do", but: ${events.map(({ text }) => text).join(" | ")}`);
  const left = (await context.session.state()).instances.filter(({ group }) => group === undefined);
  if (left.length > 0) throw new Error(`the job left ${left.map(({ id }) => id).join(", ")} behind`);
}

const trials: [string, (scene: Scene) => Promise<void>][] = [
  ["images that nobody may release", badImages],
  ["two releases at once, and a rollback amid them", twoAtOnce],
  ["a rollback that is retired too early", retireTooEarly],
  ["a hook that says no", hookSaysNo],
  ["a job", job],
  ["somebody else's rule and target group on the listener", foreignTraffic],
  ["a security group's rule that somebody adds", ruleByHand],
  ["traffic and a security group changed by hand", driftAndRepair],
  ["a rollback without the state's backend", directRollback],
  ["an update from a checkout that is older than the last command", olderCheckout],
];

const guards = commandStep(
  "command-guards",
  "what the release commands refuse, what they find and put back; traffic stays where it is",
  async (scene) => {
    for (const [what, trial] of trials) {
      scene.context.say(what);
      await trial(scene).catch((error: unknown) => {
        throw new Error(`${what}: ${error instanceof Error ? error.message : String(error)}`);
      });
    }
    return { note: `${trials.length} of ${trials.length} as expected` };
  },
);

export const commandGuardSteps: Step[] = [guards];
