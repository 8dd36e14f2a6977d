import { setTimeout as pause } from "node:timers/promises";
import { DescribeImageScanFindingsCommand, type ECRClient, type ImageScanFindings } from "@aws-sdk/client-ecr";

/** Findings that no image is released with. */
const REFUSED = ["CRITICAL", "HIGH"];

/** Findings that a verdict names; more are counted. */
const SHOWN = 5;

export interface ScannedImage {
  readonly repository: string;
  /** `sha256:` and 64 hexadecimal digits: a tag would be one more thing to trust. */
  readonly digest: string;
}

export interface Waiting {
  /** Milliseconds between two questions, and until it gives up. */
  readonly everyMs: number;
  readonly limitMs: number;
}

/**
 * Waits for the scan that a push has begun, and gives how many findings there are in each severity.
 * @throws Error when there is one that is refused, when the scan failed, or when ECR knows of none: no scan is no proof
 */
export async function requireSound(
  ecr: Pick<ECRClient, "send">,
  { repository, digest }: ScannedImage,
  { everyMs, limitMs }: Waiting = { everyMs: 5_000, limitMs: 600_000 },
): Promise<Record<string, number>> {
  const end = performance.now() + limitMs;
  for (;;) {
    const { status, reason, findings } = await scanOf(ecr, { repository, digest });
    // COMPLETE: a basic scan; ACTIVE: Amazon Inspector has scanned it, and goes on watching.
    if (findings !== undefined && ["COMPLETE", "ACTIVE"].includes(status)) return judged(repository, findings);
    if (!["IN_PROGRESS", "PENDING", "NONE"].includes(status))
      throw new Error(
        `${repository}@${digest} has no sound scan: ${status}${reason === undefined ? "" : ` (${reason})`}`,
      );
    if (performance.now() >= end)
      throw new Error(
        `${repository}@${digest} is ${status === "NONE" ? "not scanned" : "still being scanned"} after ${limitMs / 1000} s. Is scan on push switched on (pulumi up -C packages/gitops/registry)? Then give it again`,
      );
    await pause(everyMs);
  }
}

interface Scan {
  readonly status: string;
  readonly reason?: string;
  readonly findings?: ImageScanFindings;
}

async function scanOf(ecr: Pick<ECRClient, "send">, { repository, digest }: ScannedImage): Promise<Scan> {
  const asked = new DescribeImageScanFindingsCommand({ repositoryName: repository, imageId: { imageDigest: digest } });
  try {
    const { imageScanStatus, imageScanFindings } = await ecr.send(asked);
    return {
      status: imageScanStatus?.status ?? "NONE",
      reason: imageScanStatus?.description,
      findings: imageScanFindings,
    };
  } catch (error) {
    // The push was a moment ago.
    if ((error as Error).name === "ScanNotFoundException") return { status: "NONE" };
    throw error;
  }
}

function judged(repository: string, { findingSeverityCounts = {}, ...all }: ImageScanFindings): Record<string, number> {
  const bad = REFUSED.filter((severity) => (findingSeverityCounts[severity as "HIGH"] ?? 0) > 0);
  if (bad.length === 0) return findingSeverityCounts;
  const names = [
    ...(all.findings ?? []).map(({ name, severity }) => ({ name, severity: String(severity) })),
    ...(all.enhancedFindings ?? []).map(({ title, severity }) => ({ name: title, severity: String(severity) })),
  ]
    .filter(({ severity }) => REFUSED.includes(severity))
    .map(({ name = "?" }) => name.replace(/[^\x20-\x7e]/g, "?").slice(0, 100));
  const counts = bad.map((severity) => `${findingSeverityCounts[severity as "HIGH"]} ${severity}`).join(", ");
  throw new Error(
    `${repository} has findings of ${counts}: ${names.slice(0, SHOWN).join(", ")}${names.length > SHOWN ? ", …" : ""}. Build it anew on a newer base or with newer packages; this image is not released`,
  );
}
