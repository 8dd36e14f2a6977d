import { parse } from "yaml";

/** A spec as goss has rendered it: resources by name, by kind. */
export type Spec = Readonly<Record<string, Readonly<Record<string, Resource>>>>;
/** What is asked of one resource, by property. */
export type Resource = Readonly<Record<string, unknown>>;

/** goss's own word for a kind in its reports: `kernel-param` is `KernelParam`. */
export const kindName = (kind: string): string =>
  ({ http: "HTTP", "kernel-param": "KernelParam" })[kind] ?? kind.charAt(0).toUpperCase() + kind.slice(1);

/** A resource as reports name it: `File: /etc/passwd`. */
export const resourceName = (kind: string, id: string): string => `${kindName(kind)}: ${id}`;

/** Reads what `goss render` prints. */
export function parseSpec(text: string): Spec {
  const kinds = (parse(text) ?? {}) as Record<string, Record<string, Resource> | null>;
  return Object.fromEntries(Object.entries(kinds).map(([kind, resources]) => [kind, resources ?? {}]));
}

/** Names of all resources of a spec. */
export function resourceNames(spec: Spec): string[] {
  return Object.entries(spec).flatMap(([kind, resources]) =>
    Object.keys(resources).map((id) => resourceName(kind, id)),
  );
}

/** The part of a spec with the resources that `keep` takes. */
export function selectFrom(spec: Spec, keep: (name: string) => boolean): Spec {
  const kinds = Object.entries(spec).map(([kind, resources]) => {
    const kept = Object.entries(resources).filter(([id]) => keep(resourceName(kind, id)));
    return [kind, Object.fromEntries(kept)] as const;
  });
  return Object.fromEntries(kinds.filter(([, resources]) => Object.keys(resources).length > 0));
}

/** Whether a test, `Type: id: property`, is of what a breakage names: a resource, or one property of it. */
export const isOf = (test: string, named: string): boolean => test === named || test.startsWith(`${named}: `);
