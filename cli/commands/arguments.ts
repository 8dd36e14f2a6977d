import { CliError } from "../error.ts";

/**
 * A whole number as it was typed.
 * @param name the argument or option, as the help calls it
 * @throws CliError (usage) for anything else
 */
export function wholeNumber(text: string, min: number, max: number, name: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isInteger(value) && value >= min && value <= max) return value;
  throw new CliError("usage", `${name} is ${JSON.stringify(text)}. Allowed: a whole number from ${min} to ${max}.`);
}
