import { recordedCalls } from "../../bootstrap/rights/authorization.ts";

/** Operations by who called them. */
export type Calls = Readonly<Record<string, readonly string[]>>;

/** The calls of several rehearsals as one. */
export function together(rehearsals: readonly Calls[]): Calls {
  const all = new Map<string, Set<string>>();
  for (const [caller, operations] of rehearsals.flatMap((calls) => Object.entries(calls))) {
    const known = all.get(caller) ?? new Set();
    all.set(caller, known);
    for (const operation of operations) known.add(operation);
  }
  const sorted = [...all].sort(([one], [other]) => one.localeCompare(other));
  return Object.fromEntries(sorted.map(([caller, operations]) => [caller, [...operations].sort()]));
}

/** Callers that policies are made for: an engine's operation, or a command. A shell's plain `pulumi` gives no name of its own. */
export const isCommand = (caller: string): boolean => /^(pulumi|bluegreen)-/.test(caller);

/** What was called and is in no table, so that no policy has it; a line each. */
export function uncovered(calls: Calls, recorded: Calls = recordedCalls): string[] {
  const known = new Set(Object.values(recorded).flat());
  return Object.entries(calls)
    .filter(([caller]) => isCommand(caller))
    .flatMap(([caller, operations]) =>
      operations.filter((operation) => !known.has(operation)).map((operation) => `${caller} called ${operation}`),
    );
}

/** What the table has and nobody called; a line each. Of a rehearsal with all steps alone. */
export function unused(calls: Calls, recorded: Calls = recordedCalls): string[] {
  const called = new Set(Object.values(calls).flat());
  const known = [...new Set(Object.values(recorded).flat())].sort();
  return known.filter((operation) => !called.has(operation)).map((operation) => `nobody called ${operation}`);
}

/** Commands of the command line that nobody ran; a line each. Of a rehearsal with all steps alone. @param main the text of cli/main.ts */
export function unrehearsed(calls: Calls, main: string): string[] {
  const commands = [...main.matchAll(/\.command\("(\w+)"\)/g)].map(([, name]) => name ?? "");
  return commands.filter((name) => !(`bluegreen-${name}` in calls)).map((name) => `nobody ran bluegreen ${name}`);
}
