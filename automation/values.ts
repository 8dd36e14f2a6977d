import { isDeepStrictEqual } from "node:util";
import type { StepEventMetadata } from "@pulumi/pulumi/automation/index.js";
import type { Change } from "./protocol.ts";

/** What the paths of a step's difference were and are. */
export function valuesAt({ old, new: news, detailedDiff }: StepEventMetadata, paths: readonly string[]) {
  const values: Record<string, Change["values"][string]> = {};
  for (const path of paths) {
    // Of outputs only where the difference is no one of inputs: those hold what AWS filled in, too.
    const sides =
      detailedDiff?.[path]?.inputDiff === false ? (["outputs", "inputs"] as const) : (["inputs", "outputs"] as const);
    const find = (state: typeof old) =>
      state && masked(sides.map((side) => at(state[side], path)).find((value) => value !== undefined));
    values[path] = { old: find(old), new: find(news) };
  }
  return values;
}

/**
 * Properties whose outputs differ in a step that leaves the resource as it is. Tags are among the inputs; what begins
 * with two underscores is the provider's own bookkeeping.
 */
export function observedPaths({ old, new: news }: StepEventMetadata): string[] {
  if (!old?.custom || !news) return [];
  return [...new Set([...Object.keys(old.outputs), ...Object.keys(news.outputs)])]
    .filter((name) => name !== "tagsAll" && !name.startsWith("__"))
    .filter((name) => !isDeepStrictEqual(old.outputs[name], news.outputs[name]))
    .sort();
}

/** Names and indexes of a property path: `a[0].b["c.d"]`. */
export function segments(path: string): string[] {
  return [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g)].map(
    ([, quoted, index, name]) => quoted?.replace(/\\(.)/g, "$1") ?? index ?? name,
  );
}

function at(properties: unknown, path: string): unknown {
  return segments(path).reduce<unknown>(
    (value, name) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, name)
        ? (value as Record<string, unknown>)[name]
        : undefined,
    properties,
  );
}

/** The key by which the engine marks objects that stand for something else, and the mark of a secret. */
const signature = "4dabf18193072939515e22adb298388d";
const secret = "1b47061264138c4ac30d75fd1eb44270";

function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== "object" || value === null) return value;
  const object = value as Record<string, unknown>;
  if (object[signature] === secret) return "[secret]";
  return Object.fromEntries(Object.entries(object).map(([name, part]) => [name, masked(part)]));
}
