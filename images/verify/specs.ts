import path from "node:path";
import { parse } from "yaml";

/** What a spec may hold, in goss's own words: it leaves out whatever else stands there, and says nothing. */
const KINDS = new Set(
  "addr command dns file gossfile group http interface kernel-param matching mount package port process service user".split(
    " ",
  ),
);

/** Kinds in a spec that goss does not know. Read line by line: a spec is a template before it is YAML. */
export function unknownKinds(spec: string): string[] {
  const kinds = [...spec.matchAll(/^([\w-]+):/gm)].map(([, kind]) => kind ?? "");
  return kinds.filter((kind) => !KINDS.has(kind));
}

/** Specs that a spec includes, as paths; `{{ .Vars.layer }}` in their names stands for the layer. */
export function includes(file: string, spec: string, layer: string): string[] {
  const block = /^gossfile:\n((?:[ \t]+.*\n?|\n)*)/m.exec(spec)?.[1] ?? "";
  const names = Object.keys((parse(block.replaceAll("{{ .Vars.layer }}", layer)) as object | null) ?? {});
  return names.map((name) => path.join(path.dirname(file), name));
}

/** All specs that count for one, itself included. */
export function closure(file: string, layer: string, read: (file: string) => string): string[] {
  const own = includes(file, read(file), layer).flatMap((included) => closure(included, layer, read));
  return [...new Set([file, ...own])];
}

/**
 * Resources that two specs of a closure name alike: goss keeps one of them and forgets the other's tests.
 * @param rendered each spec's path and what `goss render` makes of it alone
 */
export function duplicates(rendered: ReadonlyMap<string, unknown>): string[] {
  const owners = new Map<string, string[]>();
  for (const [file, resources] of rendered) {
    for (const [kind, named] of Object.entries((resources ?? {}) as Record<string, object | null>)) {
      for (const name of Object.keys(named ?? {})) {
        const key = `${kind} ${name}`;
        owners.set(key, [...(owners.get(key) ?? []), path.basename(file)]);
      }
    }
  }
  return [...owners].filter(([, files]) => files.length > 1).map(([key, files]) => `${key} (${files.join(", ")})`);
}
