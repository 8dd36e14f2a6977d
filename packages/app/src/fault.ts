/** A start, or a command, that can't go on: its message says all that is wrong, and what to do. */
export class Refusal extends Error {}

/** One fault of the configuration. */
export interface Fault {
  /** The setting, such as `redis.url`. */
  name: string;
  /** Where its value came from: the name of an environment variable or a parameter, or the file's path. */
  origin?: string;
  /** What came, as it may be shown: never a secret. */
  came: string;
  allowed: string;
}

/** All faults in one message. */
export function refusal(faults: readonly Fault[]): Refusal {
  const lines = faults.map(({ name, origin, came, allowed }) => {
    const from = origin === undefined ? "" : ` (from ${origin})`;
    return `  ${name}${from}: ${came}. Allowed: ${allowed}`;
  });
  const count = faults.length === 1 ? "1 setting is" : `${faults.length} settings are`;
  return new Refusal(`${count} wrong:\n${lines.join("\n")}`);
}

/** What an error says, whatever was thrown. Node's of a host with several addresses says nothing but its code. */
export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message || ((error as NodeJS.ErrnoException).code ?? error.name) : String(error);
