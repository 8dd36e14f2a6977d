import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Table } from "./rules.ts";
import { contentPrefix, contentProfile, leftOut } from "./tailoring.ts";

/** OpenSCAP's content, built for Amazon Linux 2023 with Debian's packages: see content.md. */
const contentFile = path.join(import.meta.dirname, "ssg-al2023-rehearsal-ds.xml.bz2");

/** Debian's names for what the content looks for, so that it judges what is there. */
const disguise = `
rm -f /etc/os-release
printf 'ID="amzn"\\nVERSION_ID="2023"\\n' >/etc/os-release
for package in kernel auditd libpwquality; do
  printf 'Package: %s\\nStatus: install ok installed\\nMaintainer: nobody\\nArchitecture: all\\nVersion: 1\\nDescription: none\\n\\n' "$package" >>/var/lib/dpkg/status
done
# As Amazon Linux's package of the audit has it: by this line the content knows where the rules come from.
printf '[Service]\\nExecStartPost=-/sbin/augenrules --load\\n' >/usr/lib/systemd/system/auditd.service
`;

/** An image in which a script can be run, with files that it finds in /run. */
export interface ScannedImage {
  run(script: string, files: Readonly<Record<string, Buffer>>): Promise<string>;
}

/** What the scanner found of each of its rules, by the rule's name without its prefix. */
export type ScanResults = ReadonlyMap<string, string>;

/** Lets OpenSCAP judge an image that is not booted, by the profile of both levels. */
export async function scan(image: ScannedImage): Promise<ScanResults> {
  const evaluate = `oscap xccdf eval --progress --profile ${contentProfile} /run/content.xml.bz2`;
  const printed = await image.run(`${disguise}\n${evaluate} 2>/run/errors || true; tail -n 3 /run/errors >&2`, {
    "content.xml.bz2": await readFile(contentFile),
  });
  return parseScan(printed);
}

/** Reads what `oscap xccdf eval --progress` prints. */
export function parseScan(printed: string): ScanResults {
  const lines = printed.split("\n").filter((line) => line.startsWith(contentPrefix));
  return new Map(
    lines.map((line) => {
      const [rule = "", result = ""] = line.slice(contentPrefix.length).split(":");
      return [rule, result.trim()];
    }),
  );
}

/** What a scan says of the images. */
export interface ScanReport {
  /** Rules of the scanner that pass. */
  passed: number;
  /** Those that do not, with a reason in the table. */
  excepted: number;
  /** Where table and scan do not agree. */
  faults: string[];
}

/** Holds the table against a scan: what does not pass has a reason, and what has a reason does not pass. */
export function judgeScan(table: Table, results: ScanResults): ScanReport {
  const out = leftOut(table);
  const { exceptions, rules } = table;
  const known = new Set(rules.flatMap(({ scanner }) => scanner));
  const faults = [
    ...[...results]
      .filter(([rule, result]) => result !== "pass" && !out.has(rule) && !(rule in exceptions))
      .map(([rule, result]) => `${rule}: ${result}, and no reason is given in images/cis/rules.yaml`),
    ...Object.keys(exceptions)
      .filter((rule) => results.get(rule) === "pass")
      .map((rule) => `${rule}: passes, so it is no exception: take it out of images/cis/rules.yaml`),
    ...[...new Set([...known, ...Object.keys(exceptions)])]
      .filter((rule) => !results.has(rule))
      .map((rule) => `${rule}: the scan has no such rule`),
    ...[...results.keys()].filter((rule) => !known.has(rule)).map((rule) => `${rule}: is of no rule in the table`),
  ];
  const passed = [...results.values()].filter((result) => result === "pass").length;
  return { passed, excepted: results.size - passed, faults };
}
