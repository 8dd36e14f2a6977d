import { previewHeader } from "../../aws/preview.ts";
import type { Color } from "../../deployment/model.ts";
import { groupNow, suspended } from "./commands-groups.ts";
import { expectEnd, runCommand, startCommand, type CommandEvent } from "./commands-process.ts";
import { commandStep, emptyStandby, toRelease, type Scene } from "./commands-step.ts";
import { expectRecord, expectServing, seenNow } from "./commands-watch.ts";
import { pause, until, type Step } from "./context.ts";

/** AWS seconds by which alarms come late: longer than from the fault to the canary. */
const lag = 600;
/** Real seconds for which a dead machine stays: more than the two minutes that an alarm needs, ten times as fast. */
const ill = 25;

/** A machine of the standby dies, and is replaced some minutes later: all before the release begins. */
async function illness(scene: Scene, color: Color): Promise<void> {
  const { session } = scene.context;
  const { name, inService } = await groupNow(scene, color);
  const [id] = inService;
  if (id === undefined) throw new Error(`${color} has no instance that could die`);
  await suspended(scene, name, "ReplaceUnhealthy", async () => {
    await session.kill(id);
    await pause(ill);
  });
  await until(`${color} is whole again`, 120, async () => {
    const now = (await groupNow(scene, color)).inService;
    return now.length === inService.length && !now.includes(id);
  });
}

const late = commandStep(
  "command-late-alarm",
  "an alarm about the time before the canary comes minutes late: the release waits until it is over, and goes on",
  async (scene) => {
    const { context, stack } = scene;
    await emptyStandby(scene);
    const { to, image } = await toRelease(scene);
    await runCommand(context, ["stage", image], 0);
    await context.session.delayAlarms(lag);
    try {
      await illness(scene, to);
      const { events } = await runCommand(
        context,
        ["release", image, "--strategy", "canary=10%,60s", "--bake", "1s"],
        0,
      );
      const said = events.some(({ text = "" }) => /is on.*about the time before the release got requests/.test(text));
      if (!said) throw new Error("the alarm was to come during the canary");
    } finally {
      await context.session.delayAlarms(0);
    }
    await expectServing(context, stack, to);
    await expectRecord(context, stack, image, "released");
    return { note: `${lag} s late` };
  },
);

/** Asks for what resets the connection, twenty times a second, until it is told to stop; gives the statuses that came. */
function resets(url: string, color: Color): { stop: () => Promise<Set<number>> } {
  const statuses = new Set<number>();
  let ended = false;
  const ask = async () => {
    while (!ended) {
      const answer = await fetch(`${url}/reset`, { headers: { [previewHeader]: color } });
      statuses.add(answer.status);
      await answer.arrayBuffer();
      await pause(0.05);
    }
  };
  const asking = ask();
  return { stop: () => ((ended = true), asking.then(() => statuses)) };
}

const isOn = ({ text = "" }: CommandEvent): boolean => /alarm \S+-gateway-\S+ is on/.test(text);

const gateway = commandStep(
  "command-gateway-errors",
  "an image resets connections: the load balancer's own 502 stop further traffic, and no colour is taken back for them",
  async (scene) => {
    const { context, stack } = scene;
    await emptyStandby(scene);
    const { to } = await toRelease(scene);
    const image = context.session.images.resets;
    const args = ["release", image, "--strategy", "canary=10%,10s", "--bake", "1s"];
    const release = startCommand(context, args);
    const asked = resets((await context.urls()).preview, to);
    let statuses: Set<number>;
    try {
      await release.event("the load balancer's alarm", isOn);
      await pause(15);
      const { weights } = await seenNow(context, stack);
      if (weights[to] !== 10)
        throw new Error(`${to} was to stay at 10 % while the alarm is on, but has ${weights[to]} %`);
    } finally {
      statuses = await asked.stop();
    }
    if (!statuses.has(502)) throw new Error(`resets were to be answered with 502, but: ${[...statuses].join(", ")}`);
    expectEnd(args, await release.end, 0);
    await expectServing(context, stack, to);
    return { note: "it stayed at 10 % while the alarm was on, and went on after it" };
  },
);

export const commandAlarmSteps: Step[] = [late, gateway];
