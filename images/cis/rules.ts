import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { z } from "zod";

const name = z.string().min(1);

const rule = z
  .strictObject({
    /** The benchmark's number. */
    id: z.string().regex(/^\d+(\.\d+)+$/),
    /** Of a server: 1, or 2 for those that may cost function. */
    level: z.literal([1, 2]),
    title: name,
    /** What makes it true, in packer/scripts/; default: Amazon Linux's own default. */
    script: name.optional(),
    /** What shows it, in goss/parts/; default: no spec. */
    spec: name.optional(),
    /** Why the images leave it out; default: they don't. */
    reason: name.optional(),
    /** Kernel settings with their values; default: none. */
    settings: z.record(name, z.string()).default({}),
    /** Kernel modules that can't be loaded; default: none. */
    modules: z.array(name).default([]),
    /** Packages that are not installed; default: none. */
    absent: z.array(name).default([]),
    /** Units that can't be started; default: none. */
    masked: z.array(name).default([]),
    /** Rules of OpenSCAP's content, without their prefix; default: the content has none. */
    scanner: z.array(name).default([]),
  })
  .refine(({ script, spec, reason }) => (reason === undefined) === (script !== undefined || spec !== undefined), {
    message: "a rule has a script or a spec, or a reason why it is left out",
  });

export type Rule = z.output<typeof rule>;

const table = z.strictObject({
  rules: z.array(rule),
  /** Rules of the scanner that do not pass in the rehearsal though the image keeps the benchmark's, with the reason. */
  exceptions: z.record(name, name),
});

export type Table = z.output<typeof table>;

/** The one table of the benchmark's rules. */
export const tableFile = path.join(import.meta.dirname, "rules.yaml");

/** @throws Error that names each fault of the table */
export function parseTable(text: string): Table {
  const parsed = table.safeParse(parse(text));
  if (!parsed.success) throw new Error(`${tableFile}: ${z.prettifyError(parsed.error)}`);
  const ids = parsed.data.rules.map(({ id }) => id);
  const twice = ids.filter((id, index) => ids.indexOf(id) < index);
  if (twice.length > 0) throw new Error(`${tableFile}: two rules have the id ${twice.join(", ")}`);
  return parsed.data;
}

export const readTable = (): Table => parseTable(readFileSync(tableFile, "utf8"));
