import { z } from "zod";
import { jsonOf } from "./json.ts";
import { ARCHITECTURES } from "./layers.ts";

export const systemSchema = z.strictObject({
  /** Name of the distribution in package URLs: amzn, debian. */
  distro: z.string().regex(/^[a-z]+$/),
  /** The very release, such as 2023.9.20251027. */
  release: z.string().regex(/^[\w.-]+$/),
  /** The kernel that the image boots. */
  kernel: z.string().regex(/^[\w.+-]+$/),
  architecture: z.enum(ARCHITECTURES),
});

/** What an image's system is. */
export type System = z.infer<typeof systemSchema>;

/** A package of the system. */
export interface Package {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
}

/**
 * Reads system.json, as packer/scripts/shared/record-contents.sh writes it.
 * @throws Error when it is something else
 */
export function parseSystem(text: string): System {
  const parsed = systemSchema.safeParse(jsonOf(text.replace('"aarch64"', '"arm64"')));
  if (parsed.success) return parsed.data;
  throw new Error(`the builder's system.json is none: ${z.prettifyError(parsed.error)}`);
}

/**
 * Reads packages.tsv: name, version and architecture of each package in a line.
 * @throws Error when a line is something else, or when there is none
 */
export function parsePackages(text: string): Package[] {
  const lines = text.split("\n").filter((line) => line !== "");
  if (lines.length === 0) throw new Error("the builder's packages.tsv names no package");
  return lines.map((line) => {
    const [, name, version, architecture] = /^(\S+)\t(\S+)\t(\S+)$/.exec(line) ?? [];
    if (name === undefined || version === undefined || architecture === undefined) {
      throw new Error(
        `the builder's packages.tsv has the line ${JSON.stringify(line)}, not name, version, architecture`,
      );
    }
    return { name, version, architecture };
  });
}
