import { CreateTagsCommand, DeleteTagsCommand } from "@aws-sdk/client-ec2";
import { other } from "../../deployment/model.ts";
import { ec2 } from "./aws.ts";
import { quick } from "./commands.ts";
import { runCommand } from "./commands-process.ts";
import { commandStep, emptyStandby, imageOf, toRelease, type Scene } from "./commands-step.ts";
import { expectRecord, expectServing } from "./commands-watch.ts";
import type { Step } from "./context.ts";

const reason = "CVE-2026-1 in openssl";

/** Neither a release nor a plain update gives a revoked image anything. */
async function refuseRelease(scene: Scene, image: string): Promise<void> {
  const { context, stack } = scene;
  const { serving, to } = await toRelease(scene);
  await runCommand(context, ["revoke", image, "--reason", reason], 0);
  await runCommand(context, ["revoke", image, "--reason", "again"], 3, /is revoked already/);
  await runCommand(context, ["release", image, ...quick], 3, /is revoked \(CVE-2026-1 in openssl; /);
  await runCommand(context, ["plan", image], 3, /would be refused now: revocation/);
  const now = context.fixture ?? {};
  await context.refused(
    { ...now, [`${to}Ami`]: image, standby: "warm" },
    new RegExp(`${to} would get instances, but its image .* is revoked`),
  );
  context.apply(now);
  await context.session.stack.writeSettings();
  await expectServing(context, stack, serving);
  const { events } = await runCommand(context, ["images"], 0);
  const rows = events.find(({ type }) => type === "result")?.value as { imageId: string; revoked?: string }[];
  const revoked = rows.filter((row) => row.revoked !== undefined).map(({ imageId }) => imageId);
  if (revoked.join() !== image)
    throw new Error(`bluegreen images was to list ${image} as revoked, but: ${revoked.join()}`);
  await runCommand(context, ["revoke", image, "--undo"], 0);
}

/** What was built on a revoked base is revoked with it: its tag says so. */
async function refuseBuiltOn(scene: Scene, image: string): Promise<void> {
  const { context } = scene;
  const base = "ami-0ba5e0ba5e0ba5e00";
  const Tags = [{ Key: "SourceAMI", Value: base }];
  await ec2(context).send(new CreateTagsCommand({ Resources: [image], Tags }));
  try {
    await runCommand(context, ["revoke", base, "--reason", reason], 0);
    await runCommand(context, ["release", image, ...quick], 3, new RegExp(`was built on ${base}, which is revoked`));
    await runCommand(context, ["revoke", base, "--undo"], 0);
  } finally {
    await ec2(context).send(new DeleteTagsCommand({ Resources: [image], Tags }));
  }
}

/** The rollback target is revoked: status tells, and each rollback asks for a reason, and for nothing else. */
async function rollBackToRevoked(scene: Scene): Promise<number> {
  const { context, stack } = scene;
  const { serving, to, image } = await toRelease(scene);
  const old = await imageOf(context, serving);
  await runCommand(context, ["release", image, ...quick], 0);
  await expectServing(context, stack, to);
  await runCommand(context, ["revoke", old, "--reason", reason], 0);
  const { events } = await runCommand(context, ["status"], 0);
  const told = JSON.stringify(events.find(({ type }) => type === "result")?.value);
  if (!new RegExp(`"warning":"${serving}'s image ${old} is revoked`).test(told))
    throw new Error(`status was to warn of ${old}, but: ${told}`);
  await runCommand(context, ["rollback"], 3, /is revoked .*--reason "why"/);
  const { stackRef } = context.session.stack;
  const direct = ["rollback", "--direct", "--to", serving, "--stack", stackRef.stack];
  await runCommand(context, direct, 3, /is revoked .*--reason "why"/);
  await expectServing(context, stack, to);
  const end = await runCommand(context, ["rollback", "--reason", "orders get lost"], 0);
  await expectServing(context, stack, serving);
  const { why } = await expectRecord(context, stack, image, "rolled-back");
  if (why !== "orders get lost") throw new Error(`the record was to say why, but says ${why}`);
  await runCommand(context, ["revoke", old, "--undo"], 0);
  return end.seconds;
}

const revoked = commandStep(
  "command-revoked",
  "bluegreen revoke: no release and no update takes the image, nor what was built on it; a rollback to it asks why",
  async (scene) => {
    await emptyStandby(scene);
    const { image, serving } = await toRelease(scene);
    await refuseRelease(scene, image);
    await refuseBuiltOn(scene, image);
    const seconds = await rollBackToRevoked(scene);
    return { updateSeconds: seconds, note: `refused on ${other(serving)}; back to a revoked image with a reason` };
  },
);

export const revokedSteps: Step[] = [revoked];
