import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { ROOT } from "../bake/layers";

/** Folders that decide what an image is. */
const sources = ["app", "boot-gate", "goss", "packer", "rehearsal/machines", "tools"];
const results = new Set(["node_modules", "dist"]);

/** A digest of everything that the images are made from: another one, and they must be baked anew. */
export async function recipe(): Promise<string> {
  const hash = createHash("sha256");
  for (const source of sources) {
    for (const file of await filesIn(path.join(ROOT, source))) {
      hash
        .update(path.relative(ROOT, file))
        .update("\0")
        .update(await readFile(file))
        .update("\0");
    }
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
