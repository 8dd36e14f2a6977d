import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { jsonOf } from "./json.ts";
import { ROOT } from "./layers.ts";

/** A package of npm that a release was bundled from. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
}

const mapSchema = z.object({ sources: z.array(z.string()) });
const packageSchema = z.object({ version: z.string() });

/**
 * The npm packages in a release, by its own source map: what is in the bundle, and nothing that was only installed.
 * @param release folder of the release
 * @throws Error when the map is none, or names a package that is not installed
 */
export async function bundledPackages(release: string, root = ROOT): Promise<BundledPackage[]> {
  const parsed = mapSchema.safeParse(jsonOf(await readFile(path.join(release, "app.cjs.map"), "utf8")));
  if (!parsed.success) throw new Error(`app.cjs.map is no source map: ${z.prettifyError(parsed.error)}`);
  const folders = parsed.data.sources.flatMap((source) => {
    // The innermost folder counts: a package may have one of its own in another version.
    const [, folder] = /(node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+)\//.exec(source) ?? [];
    return folder ?? [];
  });
  return Promise.all(
    [...new Set(folders)].sort().map(async (folder) => {
      const file = path.join(root, folder, "package.json");
      const { version } = packageSchema.parse(jsonOf(await readFile(file, "utf8")));
      return { name: folder.slice(folder.lastIndexOf("node_modules/") + "node_modules/".length), version };
    }),
  );
}
