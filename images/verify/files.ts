import { readdir } from "node:fs/promises";
import path from "node:path";

/**
 * Paths of the files below a folder whose path, from that folder on, matches; in order.
 * @throws Error when there are none: a check of nothing proves nothing
 */
export async function filesBelow(folder: string, pattern: RegExp): Promise<string[]> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const found = names.filter((name) => pattern.test(name)).sort();
  if (found.length === 0) throw new Error(`${folder} has no such files: ${pattern.source}`);
  return found.map((name) => path.join(folder, name));
}
