export type Progress = (message: string) => void;
/** One way to a tool; it rejects with the reason why it is none. */
export type Source<T> = (progress: Progress) => Promise<T>;

/**
 * Gives what the first source has that has one.
 *
 * @param missing what to say when none has: one sentence without its end
 * @param advice what to do then
 * @throws Error with every source's reason and the advice
 */
export async function firstOf<T>(
  sources: readonly Source<T>[],
  progress: Progress,
  { missing, advice }: { missing: string; advice: string },
): Promise<T> {
  const reasons: string[] = [];
  for (const source of sources) {
    try {
      return await source(progress);
    } catch (error) {
      reasons.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new Error([`${missing}:`, ...reasons.map((reason) => `  - ${reason}`), advice].join("\n"));
}
