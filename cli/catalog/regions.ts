import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { parse } from "yaml";
import { parseManifest } from "../../images/build/manifest.ts";

const isRegion = (text: unknown): text is string => typeof text === "string" && /^[a-z]{2}(-[a-z]+)+-\d$/.test(text);

/**
 * Regions that images of a project may stand in: those of its stacks, those that bakes copy to, and those that earlier bakes have
 * copied to. A file that can't be read names none.
 * @param folder of the Pulumi project
 */
export async function namedRegions(folder: string): Promise<string[]> {
  const found = await Promise.all([
    regionsIn(folder, /^Pulumi\.[^.]+\.yaml$/, (text) => {
      const { config } = (parse(text) ?? {}) as { config?: Record<string, unknown> };
      return [config?.["aws:region"]];
    }),
    regionsIn(path.join(folder, "packer", "environments"), /\.pkrvars\.hcl$/, (text) => {
      const [, list = ""] = /^\s*ami_regions\s*=\s*\[([^\]]*)\]/m.exec(text) ?? [];
      return [...list.matchAll(/"([^"]*)"/g)].map(([, region]) => region);
    }),
    regionsIn(path.join(folder, ".images"), /^(?!.*\.report\.json$).*\.json$/, (text, file) =>
      Object.keys(parseManifest(text, file).images),
    ),
  ]);
  return [...new Set(found.flat())].sort();
}

async function regionsIn(
  folder: string,
  names: RegExp,
  read: (text: string, file: string) => readonly unknown[],
): Promise<string[]> {
  const files = await readdir(folder).catch(() => []);
  const found = await Promise.all(
    files
      .filter((name) => names.test(name))
      .map(async (name) => {
        try {
          return read(await readFile(path.join(folder, name), "utf8"), name);
        } catch {
          return [];
        }
      }),
  );
  return found.flat().filter(isRegion);
}
