import type { Rule, Table } from "./rules.ts";

/** How a rule is judged, in a word: by OpenSCAP in the rehearsal, by a spec, by both. */
function judgedBy({ spec, scanner }: Rule, exceptions: Table["exceptions"]): string {
  const judges = [
    ...(scanner.length > 0 && scanner.every((rule) => !(rule in exceptions)) ? ["scanner"] : []),
    ...(spec === undefined ? [] : [`spec \`${spec}\``]),
  ];
  if (judges.length > 0) return judges.join(", ");
  return scanner.length > 0 ? "scanner on AWS" : "nobody: it is the bake's own step";
}

/** The page of all rules for whoever audits the images. */
export function rulesPage(table: Table): string {
  const { rules, exceptions } = table;
  const kept = rules.filter(({ reason }) => reason === undefined);
  const left = rules.filter(({ reason }) => reason !== undefined);
  const at = (level: number) =>
    `${kept.filter((rule) => rule.level === level).length} of ${rules.filter((rule) => rule.level === level).length}`;
  const scanned = kept.filter(
    (rule) => judgedBy(rule, exceptions).startsWith("scanner") && !judgedBy(rule, exceptions).startsWith("scanner on"),
  );
  return `# CIS, rule by rule

Made by \`npm run cis\` from [\`images/cis/rules.yaml\`](../images/cis/rules.yaml), as are the specs' lists and OpenSCAP's tailoring file.

The *CIS Amazon Linux 2023 Benchmark v1.0.0* for servers. Kept: ${at(1)} rules of level 1, ${at(2)} of level 2. OpenSCAP judges
${scanned.length} of them in the rehearsal, each time \`npm run images\` runs; a Goss spec judges the others and most of these, in each bake.

- **scanner**: OpenSCAP with the content of [ComplianceAsCode](https://github.com/ComplianceAsCode/content) for Amazon Linux 2023 says pass, on the
  booted hardened image of the rehearsal. The run fails when a rule does not pass and is no exception, and when an exception passes.
- **spec**: a Goss spec in \`goss/parts/\` holds in the bake, and a mistake was made that it saw.
- **scanner on AWS**: the rehearsal is Debian on a shared kernel and can't show it. There Amazon Inspector's CIS scan, or OpenSCAP itself:
  \`oscap xccdf eval --tailoring-file images/cis/tailoring.xml --profile xccdf_bluegreen_profile_aws ssg-al2023-ds.xml\`.

## Kept

| rule | level | what | script | judged by |
|-|-|-|-|-|
${kept.map((rule) => `| ${rule.id} | ${rule.level} | ${rule.title} | ${rule.script === undefined ? "Amazon Linux's default" : `\`${rule.script}\``} | ${judgedBy(rule, exceptions)} |`).join("\n")}

## Left out

| rule | level | what | why |
|-|-|-|-|
${left.map(({ id, level, title, reason }) => `| ${id} | ${level} | ${title} | ${reason} |`).join("\n")}

## Exceptions of the rehearsal

What the scanner does not pass there, though the image keeps the rule. [The tailoring file](../images/cis/tailoring.xml) has them in the profile
\`xccdf_bluegreen_profile_rehearsal\` alone.

| the scanner's rule | why |
|-|-|
${Object.entries(exceptions)
  .map(([rule, reason]) => `| \`${rule}\` | ${reason} |`)
  .join("\n")}
`;
}
