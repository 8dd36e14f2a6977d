import { readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Image, Tag } from "@aws-sdk/client-ec2";
import { digestsOf } from "./accept.ts";
import { Aws, type ClientOptions } from "./aws.ts";
import { refuse } from "./faults.ts";
import { bakeName } from "./layers.ts";
import { filesOf, type ImageManifest, parameterOf } from "./manifest.ts";
import { digestOf, judge } from "./report.ts";
import { isSigned, regionOfKey, statementIn, TAGS } from "./signature.ts";

/** The calls of one region, and whose they are. */
export type ClientOptionsOf = (region: string) => ClientOptions;

/** Parameter Store looks at an image after it has answered; it takes seconds. */
const DEADLINE_MS = 60_000;
const EVERY_MS = 1_000;

/** Why a region's image is not the one that the manifest and its papers speak of. */
export function imageFaults(
  region: string,
  ami: string,
  digests: ReturnType<typeof digestsOf>,
  image: Image | undefined,
): string[] {
  if (image === undefined) return [`${ami} is not there in ${region}`];
  const tag = (key: string) => image.Tags?.find(({ Key }) => Key === key)?.Value;
  const different = (["report", "packages", "sbom"] as const).filter((paper) => tag(TAGS[paper]) !== digests[paper]);
  return [
    ...(image.State === "available" ? [] : [`${ami} in ${region} is ${image.State}, not available`]),
    ...different.map((paper) => {
      const name = TAGS[paper];
      return `${ami} in ${region} has the tag ${name} ${tag(name) ?? "not at all"}, not ${digests[paper]}`;
    }),
  ];
}

/**
 * Whether the parameter has to be written, or why it may not be: a version's parameter never changes.
 * @param present its value in that region; undefined: there is none
 */
export function planOf(
  manifest: ImageManifest,
  region: string,
  present: string | undefined,
): "write" | "keep" | { fault: string } {
  const ami = manifest.images[region];
  if (present === ami) return "keep";
  if (present === undefined || manifest.layer !== "app") return "write";
  return {
    fault:
      `${parameterOf(manifest)} in ${region} is ${present}, not ${ami}: a published version keeps its image; ` +
      "bake a new version",
  };
}

/**
 * Compares a bake's papers with their digests in the manifest and in the images' tags, and these with the signature.
 * @param key KMS key that must have signed; default: the one that the manifest names, and none where it names none
 * @throws Error that names all that does not match
 */
export async function verify(
  manifest: ImageManifest,
  out: string,
  optionsOf: ClientOptionsOf,
  key = manifest.signature?.key,
): Promise<void> {
  const name = bakeName(manifest.layer, manifest.version);
  const faults = await paperFaults(manifest, out);
  for (const [region, ami] of Object.entries(manifest.images)) {
    const image = await new Aws(optionsOf(region)).image(ami);
    faults.push(...imageFaults(region, ami, digestsOf(manifest), image));
    if (key !== undefined && image !== undefined) {
      faults.push(...(await signatureFaults(key, region, ami, image.Tags ?? [], optionsOf)));
    }
  }
  refuse(`${name} is not what its manifest says`, faults);
}

/** The tags themselves are judged: they are what `bluegreen` sees of an image later. */
async function signatureFaults(
  key: string,
  region: string,
  ami: string,
  tags: readonly Tag[],
  optionsOf: ClientOptionsOf,
): Promise<string[]> {
  const statement = statementIn(region, ami, Object.fromEntries(tags.map(({ Key = "", Value }) => [Key, Value])));
  if (statement === undefined) return [`${ami} in ${region} is not signed: bake it with signing_key`];
  const { KMSClient } = await import("@aws-sdk/client-kms");
  const kms = new KMSClient(optionsOf(regionOfKey(key) ?? region));
  try {
    const signed = await isSigned(kms, key, statement, statement.signature);
    return signed
      ? []
      : [`${ami} in ${region} has a signature that is not ${key}'s, or not of this image and its papers`];
  } finally {
    kms.destroy();
  }
}

async function paperFaults(manifest: ImageManifest, out: string): Promise<string[]> {
  const { packages, sbom } = filesOf(manifest.layer, manifest.version);
  const papers = [
    ["list of packages", packages, manifest.packagesDigest],
    ["bill of materials", sbom, manifest.sbomDigest],
  ] as const;
  const faults = await reportFaults(manifest, out);
  for (const [what, name, digest] of papers) {
    const file = path.join(out, name);
    const text = await readFile(file).catch(() => undefined);
    if (text === undefined) faults.push(`its ${what} is gone (${file})`);
    else if (digestOf(text) !== digest)
      faults.push(`its ${what} (${file}) has the digest ${digestOf(text)}, not ${digest}`);
  }
  return faults;
}

async function reportFaults(manifest: ImageManifest, out: string): Promise<string[]> {
  const file = path.join(out, manifest.report);
  const report = await readFile(file).catch(() => undefined);
  if (report === undefined) return [`its report is gone (${file})`];
  const digest = digestOf(report);
  if (digest !== manifest.reportDigest)
    return [`its report (${file}) has the digest ${digest}, not ${manifest.reportDigest}`];
  return [...judge(report.toString(), manifest.version).faults];
}

/**
 * Writes the parameter that stands for the image, in each of its regions, once the bake is verified.
 *
 * @returns the parameter's name
 * @throws Error that names all faults; nothing is written then
 */
export async function publish(
  manifest: ImageManifest,
  out: string,
  optionsOf: ClientOptionsOf,
  key?: string,
): Promise<string> {
  await verify(manifest, out, optionsOf, key);
  const name = parameterOf(manifest);
  const faults: string[] = [];
  const writes: [region: string, ami: string][] = [];
  for (const [region, ami] of Object.entries(manifest.images)) {
    const plan = planOf(manifest, region, await new Aws(optionsOf(region)).parameter(name));
    if (plan === "write") writes.push([region, ami]);
    else if (plan !== "keep") faults.push(plan.fault);
  }
  refuse(`${bakeName(manifest.layer, manifest.version)} can't be published`, faults);
  for (const [region, ami] of writes) {
    const aws = new Aws(optionsOf(region));
    await aws.putImage(name, ami, manifest.layer !== "app");
    await whenHolds(aws, name, region, ami);
  }
  return name;
}

/** Parameter Store answers at once and then looks whether there is such an image: an answer is no proof. */
async function whenHolds(aws: Aws, name: string, region: string, ami: string): Promise<void> {
  const until = performance.now() + DEADLINE_MS;
  while ((await aws.parameter(name)) !== ami) {
    if (performance.now() > until) {
      throw new Error(
        `${name} in ${region} does not hold ${ami} after ${DEADLINE_MS / 1000} s: Parameter Store did not accept it. ` +
          "Whoever publishes needs ec2:DescribeImages beside ssm:PutParameter; allow it and publish again.",
      );
    }
    await pause(EVERY_MS);
  }
}

/** Lines that say how the stack uses what was published. */
export function usageOf(manifest: ImageManifest): string[] {
  const regions = Object.entries(manifest.images);
  if (manifest.layer !== "app")
    return [`npm run bake -- ${manifest.layer === "base" ? "hardened" : "app --version vX.Y.Z"}`];
  return regions.map(([region, ami]) => {
    const where = regions.length > 1 ? `   # a stack in ${region}` : "";
    return `pulumi config set greenAmi ${ami}${where}`;
  });
}
