import { mkdir } from "node:fs/promises";
import path from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { overrideVariable } from "../../deployment/variables.ts";
import { claim } from "../../tools/claim.ts";
import { CleanUp } from "../../tools/clean-up.ts";
import { compare } from "./compare.ts";
import { bring, changed, first, transitions, type Settings, type Transition } from "./transition.ts";
import { images, openWorld, type PreviewWorld } from "./world.ts";

// The SDK takes a stack trace for every promise; of a refusal, its message is compared.
Error.stackTraceLimit = 0;

const folder = path.resolve(import.meta.dirname, "../../.rehearsal/preview");

const whole = (text: string): number => {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value < 2 ** 31) return value;
  throw new InvalidArgumentError("It must be a whole number from 0 to 2147483647.");
};

interface Options {
  count: number;
  seed: number;
}

const { count, seed } = new Command("preview-truth")
  .description(
    "Previews and then makes generated updates, with the real engine against a fixed cloud, and compares: what the preview " +
      "says of the verdict, of the resources and of the rollback must be what the update does.",
  )
  .option("--count <transitions>", "how many", whole, 120)
  .option("--seed <number>", "the same transitions again", whole, Date.now() % 2 ** 31)
  .parse()
  .opts<Options>();

/** Updates that are refused in a row before the walk goes back to where it began. */
const patience = 6;

/** Previews and updates. @returns the verdict, or what they disagreed in. */
async function walkOn(world: PreviewWorld, settings: Settings, transition: Transition) {
  const end = bring(transition.conditions, world.cloud);
  if (transition.override) process.env[overrideVariable] = "a generated emergency";
  try {
    await world.configure(settings);
    const preview = await world.engine.preview();
    const update = await world.engine.up();
    return { agreement: compare(preview, update), ok: update.ok };
  } finally {
    delete process.env[overrideVariable];
    end();
  }
}

/** Back to the first settings, whatever is in the way. */
async function begin(world: PreviewWorld): Promise<Settings> {
  process.env[overrideVariable] = "the walk begins anew";
  await world.configure(first);
  const { ok, errors } = await world.engine.up();
  delete process.env[overrideVariable];
  if (!ok) throw new Error(`the walk could not begin: ${errors.join("\n")}`);
  return first;
}

async function main(): Promise<number> {
  const cleanUp = new CleanUp();
  cleanUp.onSignals((line) => console.log(line));
  const verdicts = new Map<string, number>();
  let disagreements = 0;
  try {
    await mkdir(folder, { recursive: true });
    await claim(folder, cleanUp);
    const world = await openWorld(path.join(folder, "stack"), cleanUp, (line) => console.log(line));
    console.log(`${count} transitions, seed ${seed}`);
    let settings = await begin(world);
    let refused = 0;
    for (const [index, transition] of transitions([...images.keys()], seed, count).entries()) {
      const wanted = changed(settings, transition.changes);
      const { agreement, ok } = await walkOn(world, wanted, transition);
      if ("verdict" in agreement) verdicts.set(agreement.verdict, (verdicts.get(agreement.verdict) ?? 0) + 1);
      else {
        disagreements++;
        const before = JSON.stringify(settings);
        console.log(
          `transition ${index}: ${JSON.stringify(transition)}, before: ${before}\n  ${agreement.disagreement}`,
        );
      }
      if ((index + 1) % 50 === 0) console.log(`${index + 1} of ${count} compared`);
      refused = ok ? 0 : refused + 1;
      settings = ok ? wanted : settings;
      if (refused >= patience) {
        settings = await begin(world);
        refused = 0;
      }
    }
    for (const [verdict, times] of [...verdicts].sort(([, a], [, b]) => b - a)) console.log(`${times} × ${verdict}`);
    console.log(`${disagreements} disagreements in ${count} transitions, seed ${seed}`);
  } finally {
    for (const error of await cleanUp.run()) console.log(error.message);
  }
  return disagreements === 0 ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error: Error) => {
    console.error(error.message);
    process.exit(1);
  },
);
