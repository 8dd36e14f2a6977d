import type { Table } from "./rules.ts";

/** What the content's ids begin with. */
export const contentPrefix = "xccdf_org.ssgproject.content_rule_";
/** The content's profile of both levels. */
export const contentProfile = "xccdf_org.ssgproject.content_profile_cis";

const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

/** Rules of the scanner that the images leave out, with the reason; none that a rule of the benchmark which is kept needs, too. */
export function leftOut({ rules }: Table): Map<string, string> {
  const kept = new Set(rules.filter(({ reason }) => reason === undefined).flatMap(({ scanner }) => scanner));
  const out = rules.flatMap(({ id, reason, scanner }) =>
    reason === undefined
      ? []
      : scanner.filter((rule) => !kept.has(rule)).map((rule) => [rule, `${id}: ${reason}`] as const),
  );
  return new Map(out);
}

/**
 * OpenSCAP's tailoring file: the profile of both levels without what the images leave out, for an instance on AWS, and
 * one that also leaves out what the rehearsal can't show.
 */
export function tailoring(table: Table): string {
  const out = leftOut(table);
  const rehearsed = new Map([...out, ...Object.entries(table.exceptions)]);
  return `<?xml version="1.0" encoding="UTF-8"?>
<!-- Made by npm run cis from images/cis/rules.yaml. -->
<Tailoring xmlns="http://checklists.nist.gov/xccdf/1.2" id="xccdf_bluegreen_tailoring_cis">
  <version time="2026-11-28T00:00:00">1</version>
${profile("xccdf_bluegreen_profile_aws", "CIS Amazon Linux 2023, both levels, as the images keep them", out)}
${profile("xccdf_bluegreen_profile_rehearsal", "The same, as far as the rehearsal can show it", rehearsed)}
</Tailoring>
`;
}

function profile(id: string, title: string, without: ReadonlyMap<string, string>): string {
  const selects = [...without].map(
    ([rule, reason]) => `    <select idref="${contentPrefix}${rule}" selected="false">
      <remark>${escape(reason)}</remark>
    </select>`,
  );
  return `  <Profile id="${id}" extends="${contentProfile}">
    <title>${title}</title>
${selects.join("\n")}
  </Profile>`;
}
