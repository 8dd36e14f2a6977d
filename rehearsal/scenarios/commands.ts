import { listenerName } from "../../deployment/names.ts";
import {
  DeregisterTargetsCommand,
  DescribeTargetHealthCommand,
  RegisterTargetsCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { other, type Color } from "../../deployment/model.ts";
import { elb } from "./aws.ts";
import { runCommand, type CommandEnd } from "./commands-process.ts";
import { commandStep, lastOf, toRelease, type Scene } from "./commands-step.ts";
import { expectRecord, expectServing, seenNow, servingNow } from "./commands-watch.ts";
import { pause, until, type Step } from "./context.ts";

/** A strategy and a bake that are over soon: each is as long as twenty requests through the preview listener take. */
export const quick = ["--strategy", "canary=10%,1s", "--bake", "1s"];

/** Logical names of the resources that the engine touched in steps of a name. */
export function touchedIn({ events }: Pick<CommandEnd, "events">, step: string): string[] {
  const names = events.flatMap((event) =>
    event.type === "progress" && event.step === step
      ? (/^(?:create|update|delete|replace|create-replacement|delete-replaced) (app-\S+)$/.exec(
          event.text ?? "",
        )?.[1] ?? [])
      : [],
  );
  return [...new Set(names)];
}

/** Rejects unless the listener alone was touched. */
function expectListener(end: CommandEnd, step: string): void {
  const names = touchedIn(end, step);
  if (names.join() !== listenerName) throw new Error(`${step} touched ${names.join(", ") || "nothing"}`);
}

const release = commandStep(
  "command-release",
  "bluegreen release: staged, checked, shifted, flipped and baked in one command",
  async (scene) => {
    const { context, stack, watch } = scene;
    const { to, image } = await toRelease(scene);
    const end = await runCommand(context, ["release", image, ...quick], 0);
    await expectServing(context, stack, to);
    await expectRecord(context, stack, image, "released");
    expectListener(end, "cutover");
    const shares = watch.moves.map((weights) => `${weights[to]} %`);
    if (shares.join() !== "0 %,10 %,100 %") throw new Error(`${to} had ${shares.join(", ")} of the requests`);
    return { touched: touchedIn(end, "cutover"), updateSeconds: end.seconds, note: `${to} had ${shares.join(", ")}` };
  },
);

/** Runs something while an instance of the other colour is registered by hand with a colour's target group. */
async function withStray<T>({ context, stack }: Scene, color: Color, run: () => Promise<T>): Promise<T> {
  const [{ id: Id }] = await context.instances(other(color));
  const stray = { TargetGroupArn: stack.targetGroupArns[color], Targets: [{ Id }] };
  await elb(context).send(new RegisterTargetsCommand(stray));
  try {
    await until(`${Id} answers for ${color}, too`, 30, async () => {
      const asked = await elb(context).send(new DescribeTargetHealthCommand(stray));
      return asked.TargetHealthDescriptions?.[0]?.TargetHealth?.State === "healthy";
    });
    return await run();
  } finally {
    await elb(context).send(new DeregisterTargetsCommand(stray));
  }
}

const rollback = commandStep(
  "command-rollback",
  "bluegreen rollback: the old colour has all requests again, within seconds, whatever is registered by hand with the new one",
  async (scene) => {
    const { context, stack } = scene;
    const serving = await servingNow(context, stack);
    if ((await seenNow(context, stack)).inService[other(serving)] === 0)
      await runCommand(context, ["release", (await toRelease(scene)).image, ...quick], 0);
    const from = await servingNow(context, stack);
    let begun = Date.now();
    const end = await withStray(scene, from, () => {
      begun = Date.now();
      return runCommand(context, ["rollback"], 0);
    });
    await pause(context.watchSeconds);
    await expectServing(context, stack, other(from));
    expectListener(end, "cutover");
    const last = await lastOf(scene, from, begun);
    if (last === undefined) throw new Error(`${from} had answered no request before the rollback`);
    return { touched: touchedIn(end, "cutover"), updateSeconds: end.seconds, lastOld: last };
  },
);

const retire = commandStep("command-retire", "bluegreen retire: the other colour goes to zero", async (scene) => {
  const { context, stack } = scene;
  const old = other(await servingNow(context, stack));
  if ((await seenNow(context, stack)).inService[old] === 0)
    await runCommand(context, ["stage", (await toRelease(scene)).image], 0);
  const end = await runCommand(context, ["retire"], 0);
  await until(`${old} has no instance`, 60, async () => (await seenNow(context, stack)).inService[old] === 0);
  return { touched: touchedIn(end, "retire"), updateSeconds: end.seconds };
});

export const commandSteps: Step[] = [release, rollback, retire];
