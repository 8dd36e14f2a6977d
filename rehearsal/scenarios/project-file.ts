import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Context } from "./context.ts";

/** Runs something with another bluegreen.yaml, and puts the rehearsal's own back. */
export async function withProjectFile<T>(
  { session }: Context,
  change: (text: string) => string,
  run: () => Promise<T>,
): Promise<T> {
  const file = path.join(session.stack.stackRef.folder, "bluegreen.yaml");
  const before = await readFile(file, "utf8");
  await writeFile(file, change(before));
  try {
    return await run();
  } finally {
    await writeFile(file, before);
  }
}

/** The file with more entries at its end. */
export const adding =
  (more: string) =>
  (text: string): string =>
    `${text}\n${more}\n`;
