import { isBlock, type Props } from "./shape.ts";

/** What the engine sends, and expects, for a value that only the update itself will know. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** One changed property: its path as the engine writes paths, and what happens to it. */
export interface Change {
  readonly path: string;
  readonly kind: "add" | "delete" | "update";
  readonly replace: boolean;
}

export function hasUnknown(value: unknown): boolean {
  if (value === UNKNOWN) return true;
  if (Array.isArray(value)) return value.some(hasUnknown);
  return isBlock(value) && Object.values(value).some(hasUnknown);
}

function absent(value: unknown): boolean {
  return value === undefined || value === null;
}

function keysOf(...blocks: Props[]): string[] {
  return [...new Set(blocks.flatMap((block) => Object.keys(block)))].filter((key) => !key.startsWith("__"));
}

/** Equal as inputs; lists are compared as sets, as AWS keeps them. An unknown value equals nothing. */
export function same(a: unknown, b: unknown): boolean {
  if (absent(a) || absent(b)) return absent(a) && absent(b);
  if (a === UNKNOWN || b === UNKNOWN) return false;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && matches(a, b, same);
  if (isBlock(a) && isBlock(b)) return keysOf(a, b).every((key) => same(a[key], b[key]));
  return a === b;
}

function matches(a: readonly unknown[], b: readonly unknown[], equal: (x: unknown, y: unknown) => boolean): boolean {
  const left = [...b];
  return a.every((item) => {
    const at = left.findIndex((other) => equal(item, other));
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
}

function leafChanges(old: unknown, next: unknown, path: string, replace: boolean): Change[] {
  if (same(old, next)) return [];
  if (absent(old)) return [{ path, kind: "add", replace }];
  if (absent(next)) return [{ path, kind: "delete", replace }];
  if (isBlock(old) && isBlock(next)) {
    return keysOf(old, next).flatMap((key) => leafChanges(old[key], next[key], `${path}.${key}`, replace));
  }
  if (Array.isArray(old) && Array.isArray(next) && old.length === next.length) {
    return old.flatMap((item, index) => leafChanges(item, next[index], `${path}[${index}]`, replace));
  }
  return [{ path, kind: "update", replace }];
}

/** All changes from the old inputs to the new ones; those of the properties in `replace` force a new resource. */
export function changes(olds: Props, news: Props, replace: readonly string[]): Change[] {
  return keysOf(olds, news).flatMap((key) => leafChanges(olds[key], news[key], key, replace.includes(key)));
}

function parsedDocument(text: unknown): Props | undefined {
  if (typeof text !== "string" || !text.trimStart().startsWith("{")) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    return isBlock(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Whether AWS's answer says what the input says: what the input leaves open may be anything, numbers may come back as
 * text, lists in another order, and policy documents laid out anew.
 */
export function covers(input: unknown, actual: unknown): boolean {
  if (absent(input)) return true;
  if (Array.isArray(input)) {
    return Array.isArray(actual) && input.length === actual.length && matches(input, actual, covers);
  }
  if (isBlock(input)) return isBlock(actual) && Object.keys(input).every((key) => covers(input[key], actual[key]));
  if (absent(actual)) return input === "" || input === false || input === 0;
  const document = parsedDocument(input);
  const answered = parsedDocument(actual);
  return document && answered ? same(document, answered) : String(input) === String(actual);
}

/** Tags are all the program's: one that was added by hand is drift, where in other blocks it is AWS's default. */
function says(key: string, input: unknown, actual: unknown): boolean {
  return key === "tags" && isBlock(input) ? same(input, actual) : covers(input, actual);
}

/** AWS's answer cut down to what the input spoke of. */
function within(input: unknown, actual: unknown): unknown {
  if (isBlock(input) && isBlock(actual)) {
    const spoken = Object.keys(input).filter((key) => !absent(actual[key]));
    return Object.fromEntries(spoken.map((key) => [key, within(input[key], actual[key])]));
  }
  if (Array.isArray(input) && Array.isArray(actual) && input.every(isBlock) && actual.every(isBlock)) {
    const keys = [...new Set(input.flatMap((item) => Object.keys(item)))];
    const pattern = (index: number) => input[index] ?? Object.fromEntries(keys.map((key) => [key, undefined]));
    return actual.map((item, index) => within(pattern(index), item));
  }
  return actual;
}

/**
 * The inputs after a refresh: each as it was where AWS still says the same, else what AWS says now. A property that the
 * answer does not have at all stays (AWS does not echo all of them); one that it has as `null` is gone.
 */
export function refreshedInputs(inputs: Props, actual: Props): Props {
  const kept = Object.keys(inputs).flatMap((key): [string, unknown][] => {
    if (key.startsWith("__") || actual[key] === undefined || says(key, inputs[key], actual[key]))
      return [[key, inputs[key]]];
    if (actual[key] === null) return [];
    return [[key, key === "tags" ? actual[key] : within(inputs[key], actual[key])]];
  });
  return Object.fromEntries(kept);
}

/** A resource's outputs: the inputs, and AWS's answer wherever it says something else or more. */
export function outputsOf(inputs: Props, actual: Props): Props {
  const outputs: Props = { ...inputs };
  for (const [key, value] of Object.entries(actual)) {
    if (value === null) delete outputs[key];
    else if (value !== undefined && (absent(inputs[key]) || !says(key, inputs[key], value))) outputs[key] = value;
  }
  return withoutAbsent(outputs);
}

function withoutAbsent(props: Props): Props {
  return Object.fromEntries(Object.entries(props).filter(([, value]) => !absent(value)));
}
