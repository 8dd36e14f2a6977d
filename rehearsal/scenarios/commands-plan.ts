import { readFile } from "node:fs/promises";
import path from "node:path";
import { quick } from "./commands.ts";
import { isReading, recordCalls } from "./call-recorder.ts";
import { runCommand, type CommandEvent } from "./commands-process.ts";
import { commandStep, emptyStandby, toRelease, type Scene } from "./commands-step.ts";
import { expectServing } from "./commands-watch.ts";
import type { Step } from "./context.ts";

/** What `plan --json` prints, as far as it is read here. */
interface Planned {
  readonly steps: readonly { readonly kind: string; readonly touches?: readonly string[] }[];
  readonly against: readonly { readonly by: string }[];
}

const planIn = (events: readonly CommandEvent[]): Planned =>
  events.find(({ type }) => type === "result")?.value as Planned;

/** The kinds of a release's steps, by the titles that it tells. */
const kinds: readonly (readonly [RegExp, string])[] = [
  [/^Staging/, "stage"],
  [/^Checking/, "check"],
  [/ 100 % of the requests$/, "flip"],
  [/^Giving/, "shift"],
  [/^Watching/, "hold"],
  [/^Baking/, "bake"],
];

const stepsOf = (events: readonly CommandEvent[]): string[] =>
  events.flatMap(({ type, status, title = "" }) =>
    type === "step" && status === "started" ? (kinds.find(([pattern]) => pattern.test(title))?.[1] ?? []) : [],
  );

/** The settings' file, whose endpoints lead through the recorder, is as it was before and after. */
async function planned({ context }: Scene, image: string): Promise<{ plan: Planned; calls: number }> {
  const { stack, client } = context.session;
  const file = path.join(stack.stackRef.folder, `Pulumi.${stack.stackRef.stack}.yaml`);
  await context.adopt();
  const recorder = await recordCalls(client.endpoint, client.credentials.secretAccessKey);
  try {
    await context.session.reach(recorder.url);
    const before = await readFile(file, "utf8");
    const { events } = await runCommand(context, ["plan", image, ...quick], 0);
    if ((await readFile(file, "utf8")) !== before) throw new Error("the plan changed the settings' file");
    const writing = recorder.actions.filter((action) => !isReading(action));
    if (writing.length > 0) throw new Error(`the plan called ${[...new Set(writing)].join(", ")}`);
    return { plan: planIn(events), calls: recorder.actions.length };
  } finally {
    recorder.close();
    await context.session.reach(client.endpoint);
  }
}

const plan = commandStep(
  "command-plan",
  "bluegreen plan: what a release will do, by calls that only read; then the release does that",
  async (scene) => {
    const { context, stack, watch } = scene;
    await emptyStandby(scene);
    const { serving, to, image } = await toRelease(scene);
    const moves = watch.moves.length;
    const { plan: foreseen, calls } = await planned(scene, image);
    await expectServing(context, stack, serving);
    if (watch.moves.length > Math.max(1, moves)) throw new Error("the plan moved traffic");
    const refused = await runCommand(
      context,
      ["plan", context.session.images["needs-schema-2"]],
      3,
      /would be refused now: schema\./,
    );
    const by = planIn(refused.events).against.map((one) => one.by);
    if (by.join() !== "schema") throw new Error(`schema alone was to stand against it, but: ${by.join(", ")}`);
    const end = await runCommand(context, ["release", image, ...quick], 0);
    await expectServing(context, stack, to);
    const [said, did] = [foreseen.steps.map(({ kind }) => kind), stepsOf(end.events)];
    // The bake ends with the checks.
    if ([...said, "check"].join() !== did.join())
      throw new Error(`the plan said ${said.join(", ")}, and the release did ${did.join(", ")}`);
    const touched = [...(foreseen.steps[0].touches ?? [])].sort();
    const staged = end.events.flatMap(({ type, step, text = "" }) =>
      type === "progress" && step === "stage"
        ? (/^(?:create|update|replace|create-replacement) (\S+)$/.exec(text)?.[1] ?? [])
        : [],
    );
    const other = staged.filter((name) => !touched.includes(name));
    if (touched.length === 0 || other.length > 0)
      throw new Error(`the plan said ${touched.join(", ")}, and the staging touched ${other.join(", ")}, too`);
    return {
      note: `${calls} calls, all of them reads; ${said.join(", ")} as planned, ${touched.length} resources at first`,
    };
  },
);

export const planSteps: Step[] = [plan];
