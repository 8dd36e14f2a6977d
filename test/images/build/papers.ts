import type { ImageManifest } from "../../../images/build/manifest.ts";
import { digestOf } from "../../../images/build/report.ts";

export const AMI = "ami-0123456789abcdef0";
export const PARENT = "ami-0fedcba9876543210";
export const COMMIT = "0123456789abcdef0123456789abcdef01234567";

interface Result {
  failed?: string;
  skipped?: boolean;
  expected?: unknown;
}

/** A Goss report, as goss prints it, with a result each, and `app --version` of the version where one is given. */
export function gossReport(version?: string, results: readonly Result[] = [{}]): string {
  const all = version === undefined ? results : [{ expected: `${version}\n` }, ...results];
  const shown = all.map(({ failed, skipped = false, expected = true }) => ({
    successful: failed === undefined && !skipped,
    skipped,
    "resource-id": expected === true ? "/etc/app/config.yaml" : "app-version",
    "resource-type": expected === true ? "File" : "Command",
    "summary-line-compact": failed ?? "matches expectation",
    "matcher-result": { actual: {}, expected },
  }));
  const counts = {
    "failed-count": results.filter(({ failed }) => failed !== undefined).length,
    "skipped-count": results.filter(({ skipped }) => skipped === true).length,
    "test-count": all.length,
  };
  return JSON.stringify({ results: shown, summary: counts });
}

export const report = gossReport("v1.2.3");

/** The manifest of v1.2.3, whose report is the one above. */
export const manifest: ImageManifest = {
  layer: "app",
  version: "v1.2.3",
  commit: COMMIT,
  environment: "dev",
  images: { "eu-central-1": AMI },
  sourceAmi: PARENT,
  sourceAmiName: "bluegreen-hardened",
  schema: { min: 1, max: 1 },
  report: "app-v1.2.3.report.json",
  reportDigest: digestOf(Buffer.from(report)),
  buildTime: "2026-11-21T12:00:00.000Z",
};

/** Manifest of a layer below. */
export function lower(
  layer: "base" | "hardened",
  images: Record<string, string> = { "eu-central-1": PARENT },
): ImageManifest {
  return { ...manifest, layer, images, version: undefined, schema: undefined, report: `${layer}.report.json` };
}
