import { stringify } from "yaml";
import type { Rule, Table } from "./rules.ts";

/** What the specs are made from: each rule's level, and the lists of what is set, absent or switched off, by the rule's id. */
export function specVars({ rules }: Table): string {
  const kept = rules.filter(({ reason }) => reason === undefined);
  const owners = (of: (rule: Rule) => readonly string[]): Record<string, string> =>
    Object.fromEntries(kept.flatMap((rule) => of(rule).map((name) => [name, rule.id])));
  const settings = kept.flatMap(({ id, settings }) =>
    Object.entries(settings).map(([key, value]) => [key, { rule: id, value }] as const),
  );
  const cis = {
    level: Object.fromEntries(kept.map(({ id, level }) => [id, level])),
    settings: Object.fromEntries(settings),
    modules: owners(({ modules }) => modules),
    absent: owners(({ absent }) => absent),
    masked: owners(({ masked }) => masked),
  };
  return `# Made by \`npm run cis\` from images/cis/rules.yaml.\n${stringify({ cis })}`;
}
