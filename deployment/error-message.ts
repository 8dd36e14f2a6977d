/** What was thrown, as words: JavaScript lets anything be. */
export const errorMessage = (error: unknown): string => (error instanceof Error ? error.message : String(error));
