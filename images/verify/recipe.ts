import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { ROOT } from "../build/layers.ts";

/** Folders that decide what an image is, and the file that decides which packages a release is bundled from. */
const sources = ["packages/app", "images/build", "packages/boot-gate", "goss", "packer", "packages/machines", "tools"];
const lockFile = "package-lock.json";
const results = new Set(["node_modules", "dist"]);

/** A digest of everything that the images are made from: another one, and they must be baked anew. */
export async function recipe(): Promise<string> {
  const hash = createHash("sha256");
  const inFolders = await Promise.all(sources.map((source) => filesIn(path.join(ROOT, source))));
  for (const file of [...inFolders.flat(), path.join(ROOT, lockFile)]) {
    hash
      .update(path.relative(ROOT, file))
      .update("\0")
      .update(await readFile(file))
      .update("\0");
  }
  return hash.digest("hex");
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = await Promise.all(
    entries
      .filter(({ name }) => !results.has(name))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map(async (entry) => {
        const file = path.join(folder, entry.name);
        return entry.isDirectory() ? filesIn(file) : [file];
      }),
  );
  return found.flat();
}
