/** Throws one error that names all faults; does nothing where there are none. */
export function refuse(what: string, faults: readonly string[]): void {
  if (faults.length > 0)
    throw new Error([`${what}:`, ...faults.map((fault) => `  - ${fault.replaceAll("\n", "\n    ")}`)].join("\n"));
}

/** What an error says. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
