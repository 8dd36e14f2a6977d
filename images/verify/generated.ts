import { type Resource, resourceName, type Spec } from "./spec.ts";

/** A mistake that follows from a spec's own words, and the tests that it must make fail. */
export interface GeneratedBreakage {
  script: string;
  /** `Type: id: property`. */
  caughtBy: string[];
}

/** Mistakes that can be made beside each other: none hides another from its test. */
export interface Round {
  name: string;
  breakages: GeneratedBreakage[];
}

type Change = (path: string, wanted: Resource) => string | undefined;

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** Mistakes in what a file is, by the property that must see them. */
const fileChanges: Record<string, Change> = {
  mode: (path, { mode }) => `chmod ${(parseInt(String(mode), 8) ^ 0o002).toString(8)} ${quote(path)}`,
  owner: (path) => `chown --no-dereference nobody ${quote(path)}`,
  group: (path) => `chgrp --no-dereference nogroup ${quote(path)}`,
  size: (path) => `echo something >> ${quote(path)}`,
  contents: (path, wanted) => (patternsOf(wanted) === undefined ? undefined : `: > ${quote(path)}`),
  "linked-to": (path) => `ln -sfn /nowhere ${quote(path)}`,
};

/** The lines that a file must have; undefined where it is asked for none, or for what it must not have. */
export function patternsOf({ contents }: Resource): string[] | undefined {
  const patterns = typeof contents === "string" ? [contents] : contents;
  if (!Array.isArray(patterns)) return undefined;
  const positive = patterns.map(String).filter((pattern) => !pattern.startsWith("!"));
  return positive.length === 0 ? undefined : positive;
}

/** Mistakes in what a user is. */
const userChanges: Record<string, Change> = {
  home: (name) => `usermod --home /tmp ${quote(name)}`,
  shell: (name) => `usermod --shell /bin/sh ${quote(name)}`,
  groups: (name) => `usermod --append --groups daemon ${quote(name)}`,
};

const serviceChanges: Record<string, Change> = {
  enabled: (name, { enabled }) => `systemctl --quiet ${enabled === true ? "disable" : "enable"} ${quote(name)}`,
};

/** A package that dpkg takes for installed. */
const packageChanges: Record<string, Change> = {
  installed: (name, { installed }) =>
    installed === false
      ? `printf 'Package: %s\\nStatus: install ok installed\\nMaintainer: nobody\\nArchitecture: all\\nVersion: 1\\nDescription: none\\n\\n' ${quote(name)} >> /var/lib/dpkg/status`
      : undefined,
};

/** Whether something is there at all. */
const existence: Record<string, Change> = {
  exists: (path, { exists }) =>
    exists === false
      ? `mkdir -p "$(dirname ${quote(path)})" && echo something > ${quote(path)}`
      : `rm -rf ${quote(path)}`,
};
const userExistence: Record<string, Change> = { exists: (name) => `sed -i ${quote(`/^${name}:/d`)} /etc/passwd` };
const groupExistence: Record<string, Change> = { exists: (name) => `sed -i ${quote(`/^${name}:/d`)} /etc/group` };

/** A file that has become a folder, and a folder that has become a file: one by one, since a folder takes its files with it. */
const noFile: Record<string, Change> = {
  filetype: (path, { filetype }) =>
    filetype === "directory" ? undefined : `rm -f ${quote(path)} && mkdir ${quote(path)}`,
};
const noFolder: Record<string, Change> = {
  filetype: (path, { filetype }) =>
    filetype === "directory" ? `rm -rf ${quote(path)} && touch ${quote(path)}` : undefined,
};

const rounds: { name: string; changes: Record<string, Record<string, Change>> }[] = [
  {
    name: "changed",
    changes: { user: userChanges, service: serviceChanges, package: packageChanges, file: fileChanges },
  },
  { name: "gone, or there", changes: { file: existence } },
  { name: "a folder", changes: { file: noFile, user: userExistence, group: groupExistence } },
  { name: "a file", changes: { file: noFolder } },
];

/**
 * Breaks what a spec asks of files, users, groups, services and packages, each property by itself, in a few rounds.
 * @param passing tests that pass on the sound image; of others nothing can be shown
 */
export function generate(spec: Spec, passing: ReadonlySet<string>): Round[] {
  return rounds.map(({ name, changes }) => ({
    name,
    breakages: Object.entries(changes).flatMap(([kind, byProperty]) =>
      Object.entries(spec[kind] ?? {}).flatMap(([id, wanted]) =>
        Object.entries(byProperty).flatMap(([property, change]) => {
          const test = `${resourceName(kind, id)}: ${property}`;
          const script = property in wanted && passing.has(test) ? change(id, wanted) : undefined;
          return script === undefined ? [] : [{ script, caughtBy: [test] }];
        }),
      ),
    ),
  }));
}
