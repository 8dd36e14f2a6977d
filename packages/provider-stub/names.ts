import { createHash, randomBytes } from "node:crypto";
import { hasUnknown, UNKNOWN } from "./diff.ts";
import { isBlock, type Props } from "./shape.ts";

/** How a resource type is named where the program gives no name. */
export interface AutoName {
  /** The argument that takes the name; `name` unless given. */
  readonly arg?: string;
  /** Characters that the whole name may have. */
  readonly max: number;
  /** What a name must look like, and how to say so. */
  readonly pattern?: { readonly test: RegExp; readonly says: string };
  /** Names of this type have no capitals. */
  readonly lower?: boolean;
}

const RANDOM_DIGITS = 7;

/** `<logical name>-<7 hex digits>`, as the official provider names; the digits follow from the engine's seed. */
export function generatedName(logicalName: string, seed: Uint8Array, auto: AutoName): string {
  const random = seed.length > 0 ? createHash("sha256").update(seed).digest() : randomBytes(RANDOM_DIGITS);
  const name = `${logicalName}-${random.toString("hex").slice(0, RANDOM_DIGITS)}`;
  return auto.lower ? name.toLowerCase() : name;
}

/** What is wrong with a name, or undefined. */
export function nameFault(name: string, auto: AutoName): string | undefined {
  if (hasUnknown(name)) return undefined;
  if (name.length > auto.max) {
    return `"${name}" has ${name.length} characters, at most ${auto.max} are allowed: shorten the name by ${name.length - auto.max}`;
  }
  return auto.pattern && !auto.pattern.test.test(name) ? `"${name}": ${auto.pattern.says}` : undefined;
}

/** Whether the name in these inputs was generated (the official provider's own mark in the inputs). */
function isGenerated(inputs: Props, auto: AutoName): boolean {
  const marks = inputs.__defaults;
  return Array.isArray(marks) && marks.includes(auto.arg ?? "name");
}

/** The inputs with a name: the given one, else the one generated before, else a new one. */
export function withName(news: Props, olds: Props, logicalName: string, seed: Uint8Array, auto: AutoName): Props {
  const arg = auto.arg ?? "name";
  if (news[arg] !== undefined && news[arg] !== null && !isGenerated(news, auto)) return news;
  const kept = isGenerated(olds, auto) && olds[arg] !== UNKNOWN ? olds[arg] : undefined;
  return { ...news, [arg]: kept ?? generatedName(logicalName, seed, auto), __defaults: [arg] };
}

/** A fixed name can't be taken twice, so its old bearer must go first. */
export function mustDeleteFirst(olds: Props, news: Props, auto: AutoName | undefined): boolean {
  if (!auto || !isBlock(olds)) return false;
  const arg = auto.arg ?? "name";
  return news[arg] === olds[arg] && !isGenerated(news, auto);
}
