/** A block of commands in a document, to be run as it stands. */
export interface CommandBlock {
  /** The name in the comment above it: `<!-- run: flip -->`. */
  readonly name: string;
  /** The commands, the document's indentation taken out. */
  readonly script: string;
}

/** Values of the documents that are examples, and what stands for them in a rehearsal: nothing else is changed. */
export type Examples = Readonly<Record<string, string>>;

/**
 * The blocks of a document that are marked to be run, in their order.
 * @throws Error where a mark has no block of shell commands below it
 */
export function commandBlocks(markdown: string): CommandBlock[] {
  return [...markdown.matchAll(/^( *)<!-- run: (\S+) -->\n(?:\1```sh\n([\s\S]*?)^\1```$)?/gm)].map(
    ([, indent = "", name = "", script]) => {
      if (script === undefined) throw new Error(`the mark "run: ${name}" has no block of commands (\`\`\`sh) below it`);
      return { name, script: script.replaceAll(new RegExp(`^${indent}`, "gm"), "") };
    },
  );
}

/** The script with its examples replaced. */
export function withExamples(script: string, examples: Examples): string {
  return Object.entries(examples).reduce((text, [example, real]) => text.replaceAll(example, real), script);
}

/** A refusal that docs/safety.md states: its words, and whether they are the gate's. */
export interface StatedRefusal {
  readonly words: RegExp;
  readonly byGate: boolean;
}

/** The first column of a page's table of guards; its colours and numbers are examples, and "…" is left out. */
export function statedRefusals(markdown: string): StatedRefusal[] {
  const table = /^\| it says \|.*\n\|.*\n((?:\|.*\n)+)/m.exec(markdown)?.[1] ?? "";
  return table
    .trim()
    .split("\n")
    .map((row) => {
      const [, first = ""] = row.split("|");
      const sentence = /`([^`]+)`/.exec(first)?.[1] ?? first;
      const pattern = sentence
        .replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")
        .replaceAll(/\b(blue|green)\b/g, "(blue|green)")
        .replaceAll(/\d+/g, "\\d+")
        .replaceAll("…", ".*");
      return { words: new RegExp(pattern), byGate: first.includes("(the gate)") };
    });
}

/** Logical names of the resources that an update touched, by what `pulumi up` prints to a pipe; each once. */
export function touchedIn(printed: string): string[] {
  const updates = printed
    .split(/^(?=(?:Updating|Destroying|Previewing \w+) \()/m)
    .filter((part) => /^(Upd|Des)/.test(part));
  const rows = updates.join("").matchAll(/^ *[+~-]+ +(aws|awsx):\S+ (\S+) (?:created|updated|deleted|replaced)\b/gm);
  return [...new Set([...rows].map(([, , name = ""]) => name))];
}
