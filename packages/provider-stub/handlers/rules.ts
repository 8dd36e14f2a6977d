import { hasUnknown } from "../diff.ts";
import { type Props, text } from "../shape.ts";

/** What a value must be, as the official provider's schema states it. */
export interface Rule {
  /** Ends the sentence "allowed: ...". */
  readonly allowed: string;
  readonly test: (value: unknown) => boolean;
}

export type Fault = { property: string; reason: string };

export function oneOf(...values: readonly (string | number)[]): Rule {
  return { allowed: values.join(", "), test: (value) => values.some((one) => one === value) };
}

export function between(least: number, most: number): Rule {
  return {
    allowed: most === Infinity ? `${least} or more` : `${least} to ${most}`,
    test: (value) => typeof value === "number" && value >= least && value <= most,
  };
}

/** Text of so many characters. */
export function characters(least: number, most: number): Rule {
  const test = (value: unknown) => typeof value === "string" && value.length >= least && value.length <= most;
  return { allowed: `${least} to ${most} characters`, test };
}

/** A list of at most so many. */
export function atMost(count: number): Rule {
  return { allowed: `at most ${count} of them`, test: (value) => Array.isArray(value) && value.length <= count };
}

export function matching(pattern: RegExp, allowed: string): Rule {
  return { allowed, test: (value) => typeof value === "string" && pattern.test(value) };
}

/** A JSON object as text: policies, dashboards. */
export const JSON_OBJECT: Rule = {
  allowed: "a JSON object",
  test(value) {
    try {
      return /^\s*\{/.test(String(value)) && JSON.parse(String(value)) !== null;
    } catch {
      return false;
    }
  },
};

const SHOWN = 80;

/** All given values that break their rule; those that a preview doesn't know yet are left alone. */
export function faultsOf(rules: Readonly<Record<string, Rule>>, given: Props, path = ""): Fault[] {
  return Object.entries(rules).flatMap(([arg, { allowed, test }]) => {
    const value = given[arg];
    if (value === undefined || value === null || hasUnknown(value) || test(value)) return [];
    return [{ property: path + arg, reason: `${text(value).slice(0, SHOWN)}: allowed: ${allowed}` }];
  });
}
