import type { ClientOptions } from "./aws.ts";
import { judgeRegion, retireImage } from "./retire.ts";
import type { Judged } from "./prune.ts";

/** What the command line says of a prune. */
export interface PruneOptions {
  readonly region?: string;
  readonly olderThan: string;
  readonly keep: string;
  readonly apply?: boolean;
}

/**
 * Shows which images of a region would be retired, and why others stay; with `apply` it retires them, the newest first, so that a layer
 * is gone before what it was built on.
 * @throws Error for an option that is none, or with what is left of an image
 */
export async function prune(
  { region = process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION, olderThan, keep, apply }: PruneOptions,
  say: (line: string) => void,
  optionsOf: (region: string) => ClientOptions = (of) => ({ region: of }),
  now = new Date(),
  folder?: string,
): Promise<void> {
  if (region === undefined) throw new Error("no region: give --region, or set AWS_REGION");
  const terms = { olderThan: whole("--older-than", olderThan, 1), keep: whole("--keep", keep, 0), now };
  const judged = await judgeRegion(optionsOf(region), terms, folder);
  const old = judged.filter(({ stays }) => stays === undefined);
  for (const one of judged) say(lineOf(one));
  if (apply !== true) {
    say(
      `${old.length} of ${judged.length} images in ${region} would be retired.${old.length > 0 ? " To do it: --apply" : ""}`,
    );
    return;
  }
  for (const image of old) {
    await retireImage(optionsOf(region), image);
    say(`${image.id} is deregistered, its snapshots are deleted`);
  }
  say(`${old.length} of ${judged.length} images in ${region} are retired.`);
}

function lineOf({ id, name, days, stays }: Judged): string {
  return stays === undefined ? `retire  ${id}  ${name}, ${days} days old` : `keep    ${id}  ${name}: ${stays}`;
}

function whole(option: string, text: string, least: number): number {
  const number = Number(text);
  if (/^\d{1,5}$/.test(text) && number >= least) return number;
  throw new Error(`${option} is ${text}; it must be a whole number from ${least}`);
}
