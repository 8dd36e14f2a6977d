import { z } from "zod";
import { run } from "../../tools/run.ts";
import { errorMessage } from "./faults.ts";
import { jsonOf } from "./json.ts";

/** What `trivy sbom --format json` prints, as far as it is read here. */
const schema = z.object({
  Results: z
    .array(
      z.object({
        Vulnerabilities: z
          .array(
            z.object({
              VulnerabilityID: z.string(),
              PkgName: z.string(),
              InstalledVersion: z.string(),
              FixedVersion: z.string().optional(),
              Severity: z.string(),
            }),
          )
          .optional(),
      }),
    )
    .optional(),
});

/** Findings that nothing with them is published. */
const SEVERITIES = "CRITICAL,HIGH";

export interface ScanOptions {
  /** Path of the bill of materials. */
  readonly sbom: string;
  /** Findings that are accepted, in Trivy's own form, each with its reason and its end. */
  readonly ignoreFile?: string;
  /** Asks for no newer database: the one that Trivy has counts. */
  readonly offline: boolean;
}

/**
 * Has Trivy look for known vulnerabilities in a bill of materials.
 * @returns a line for each that is CRITICAL or HIGH
 * @throws Error when there is no Trivy, no database, or no result: not looked at is not clean
 */
export async function scan({ sbom, ignoreFile, offline }: ScanOptions, trivy = "trivy"): Promise<string[]> {
  const ignored = ignoreFile === undefined ? [] : ["--ignorefile", ignoreFile];
  const alone = offline ? ["--skip-db-update", "--offline-scan"] : [];
  const args = ["sbom", "--quiet", "--format", "json", "--severity", SEVERITIES, ...ignored, ...alone, sbom];
  const printed = await run(trivy, args, { timeout: 300_000 }).catch((error: unknown) => {
    throw new Error(whyNot(errorMessage(error), offline), { cause: error });
  });
  const parsed = schema.safeParse(jsonOf(printed));
  if (!parsed.success) throw new Error(`trivy printed no report: ${z.prettifyError(parsed.error)}`);
  const found = (parsed.data.Results ?? []).flatMap(({ Vulnerabilities = [] }) => Vulnerabilities);
  return found.map(
    ({ VulnerabilityID, PkgName, InstalledVersion, FixedVersion, Severity }) =>
      `${Severity} ${VulnerabilityID} in ${PkgName} ${InstalledVersion}, ${FixedVersion ? `mended in ${FixedVersion}` : "not mended yet"}`,
  );
}

function whyNot(said: string, offline: boolean): string {
  if (/ENOENT/.test(said)) {
    return "PATH has no trivy: install it (https://trivy.dev), or give the reason why this image is not scanned with --unscanned";
  }
  if (/vulnerability DB|--skip-db-update|database/i.test(said)) {
    const way = offline
      ? "bring one (trivy image --download-db-only), or leave --offline"
      : "let it reach one, or use the one it has with --offline";
    return `trivy has no database of vulnerabilities: ${way}; --unscanned gives the reason why an image is not scanned. It said: ${said}`;
  }
  return `trivy failed: ${said}`;
}
