import { validationError } from "@bluegreen/query-protocol";
import type { StateValue } from "./missing-data.ts";

/** A composite alarm's rule, ready to be judged. */
export interface AlarmRule {
  /** The alarms that it names, by name or ARN, each once. */
  names: ReadonlySet<string>;
  holds(stateOf: (name: string) => StateValue | undefined): boolean;
}

type Holds = AlarmRule["holds"];

/** Limits of the API reference. */
const mostAlarms = 100;
const mostElements = 500;

const token = /\s*(?:([()])|"([^"]*)"|([^\s()"]+))/y;

/**
 * Reads an AlarmRule: ALARM, OK and INSUFFICIENT_DATA of an alarm's name or ARN (in double quotes or bare), TRUE, FALSE,
 * AND, OR, NOT and parentheses.
 * @throws ValidationError where it is none.
 */
export function parseAlarmRule(text: string): AlarmRule {
  if (text !== text.trim() || text === "") {
    throw validationError("AlarmRule must not contain leading or trailing whitespace or be null");
  }
  const names = new Set<string>();
  const tokens = tokensOf(text);
  let position = 0;
  let elements = 0;

  const fail = (): Error => {
    const found = tokens[position];
    return validationError(
      `AlarmRule is invalid at ${found ? `'${found.text}' (character ${found.start + 1})` : "its end"}: ${text}`,
    );
  };
  const take = (wanted: string): boolean => {
    const found = tokens[position];
    const taken = found !== undefined && !found.quoted && found.text === wanted;
    if (taken) position++;
    return taken;
  };
  const need = (wanted: string): void => {
    if (!take(wanted)) throw fail();
  };
  const chain = (word: string, part: () => Holds, join: (a: Holds, b: Holds) => Holds): Holds => {
    let left = part();
    while (take(word)) left = join(left, part());
    return left;
  };
  const either = (): Holds => chain("OR", both, (a, b) => (stateOf) => a(stateOf) || b(stateOf));
  const both = (): Holds => chain("AND", single, (a, b) => (stateOf) => a(stateOf) && b(stateOf));
  const single = (): Holds => {
    if (take("NOT")) {
      const inner = single();
      return (stateOf) => !inner(stateOf);
    }
    elements++;
    if (take("(")) {
      const inner = either();
      need(")");
      return inner;
    }
    if (take("TRUE")) return () => true;
    if (take("FALSE")) return () => false;
    for (const state of ["ALARM", "OK", "INSUFFICIENT_DATA"] as const) {
      if (take(state)) {
        const name = argument();
        names.add(name);
        return (stateOf) => stateOf(name) === state;
      }
    }
    throw fail();
  };
  const argument = (): string => {
    need("(");
    const found = tokens[position];
    if (!found || found.text === "" || (!found.quoted && /[()]/.test(found.text))) throw fail();
    position++;
    need(")");
    return found.text;
  };

  const holds = either();
  if (position < tokens.length) throw fail();
  if (names.size > mostAlarms || elements > mostElements) {
    throw validationError(
      `AlarmRule names ${names.size} alarms in ${elements} elements; allowed are ${mostAlarms} in ${mostElements}`,
    );
  }
  return { names, holds };
}

interface Token {
  text: string;
  quoted: boolean;
  start: number;
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const start = token.lastIndex;
    const found = token.exec(text);
    if (!found) throw validationError(`AlarmRule has a name without its closing quote at character ${start + 1}`);
    tokens.push({ text: found[1] ?? found[2] ?? found[3] ?? "", quoted: found[2] !== undefined, start });
  }
  return tokens;
}
