import type { ImageName } from "../images/catalog.ts";
import type { LoadWindow } from "../load/load.ts";
import { runCommand } from "./commands-process.ts";
import { commandStep, type Scene } from "./commands-step.ts";
import { expectRecord, expectServing, servingNow } from "./commands-watch.ts";
import type { Step } from "./context.ts";
import { quick } from "./commands.ts";

/** A bad image, how it is released, and what must have found it out. */
interface Bad {
  readonly image: ImageName;
  readonly options: readonly string[];
  readonly by: string;
  readonly words: RegExp;
}

const bad: Bad[] = [
  { image: "never-healthy", options: quick, by: "its staging", words: /\[fleet-not-ready \w+\]/ },
  { image: "error-500", options: quick, by: "the checks", words: /answered 500|requests failed/ },
  {
    image: "fails-under-load",
    options: ["--strategy", "canary=10%,5m", "--bake", "1s"],
    by: "the canary's alarm",
    words: /alarm \S+ is on/,
  },
];

/** Rejects unless a bad image's own answers are all that failed; gives their number. */
export function canaryPrice({ errors, failed }: Pick<LoadWindow, "errors" | "failed">, version: string): number {
  const strange = errors.find((sample) => sample.version !== version || sample.status !== 500);
  if (strange) throw new Error(`${version} alone was to fail requests, but this came: ${strange.failure}`);
  return failed;
}

async function releaseBad(scene: Scene, { image, options, words }: Bad): Promise<number> {
  const { context, stack } = scene;
  const imageId = context.session.images[image];
  const serving = await servingNow(context, stack);
  const end = await runCommand(context, ["release", imageId, ...options], 4, words);
  await expectServing(context, stack, serving);
  const { why } = await expectRecord(context, stack, imageId, "rolled-back");
  if (!words.test(why ?? "")) throw new Error(`the record was to say ${words}, but says ${why}`);
  return end.seconds;
}

const caught = commandStep(
  "command-caught",
  "bluegreen release of bad images: each is caught by another gate, and taken back by itself",
  async (scene) => {
    const begun = Date.now();
    const notes: string[] = [];
    for (const one of bad) {
      const seconds = await releaseBad(scene, one);
      notes.push(`${one.image} by ${one.by} in ${seconds.toFixed(1)} s`);
    }
    const price = canaryPrice(await scene.context.traffic(begun), "v2.6.0");
    if (price === 0) throw new Error("fails-under-load was to fail some of its canary's requests, but none failed");
    return { lostToCanary: price, note: `${notes.join(", ")}; the last one failed ${price} of its users` };
  },
);

export const caughtSteps: Step[] = [caught];
