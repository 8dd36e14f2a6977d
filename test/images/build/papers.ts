import { writeFileSync } from "node:fs";
import path from "node:path";
import { filesOf, type ImageManifest } from "../../../images/build/manifest.ts";
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

/** What the builder says of the image, as record-contents.sh writes it. */
export const system = {
  distro: "amzn",
  release: "2023.9.20251027",
  kernel: "6.1.155-176.282.amzn2023.x86_64",
  architecture: "x86_64",
} as const;
export const packages = "bash\t5.2.15-1.amzn2023.0.2\tx86_64\nopenssl-libs\t1:3.2.2-1.amzn2023\tx86_64\n";
export const sbom = '{"bomFormat":"CycloneDX"}\n';

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
  system,
  packagesDigest: digestOf(Buffer.from(packages)),
  sbomDigest: digestOf(Buffer.from(sbom)),
};

/** Tags of an image of that manifest. */
export const tags = {
  GossReport: manifest.reportDigest,
  Packages: manifest.packagesDigest,
  Sbom: manifest.sbomDigest,
  Version: "v1.2.3",
};

/** Writes a manifest's papers beside it, as a bake does. */
export function writePapers(folder: string, { layer, version, report: name }: ImageManifest): void {
  const { packages: list, sbom: bill } = filesOf(layer, version);
  writeFileSync(path.join(folder, name), report);
  writeFileSync(path.join(folder, list), packages);
  writeFileSync(path.join(folder, bill), sbom);
}

/** Manifest of a layer below. */
export function lower(
  layer: "base" | "hardened",
  images: Record<string, string> = { "eu-central-1": PARENT },
): ImageManifest {
  return { ...manifest, layer, images, version: undefined, schema: undefined, report: `${layer}.report.json` };
}
