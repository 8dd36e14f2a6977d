import { readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Image } from "@aws-sdk/client-ec2";
import { Aws, type ClientOptions } from "./aws.ts";
import { refuse } from "./faults.ts";
import { bakeName } from "./layers.ts";
import { type ImageManifest, parameterOf } from "./manifest.ts";
import { digestOf, judge } from "./report.ts";

/** The calls of one region, and whose they are. */
export type ClientOptionsOf = (region: string) => ClientOptions;

/** Parameter Store looks at an image after it has answered; it takes seconds. */
const DEADLINE_MS = 60_000;
const EVERY_MS = 1_000;

/** Why a region's image is not the one that the manifest and its report speak of. */
export function imageFaults(region: string, ami: string, digest: string, image: Image | undefined): string[] {
  if (image === undefined) return [`${ami} is not there in ${region}`];
  const tag = image.Tags?.find(({ Key }) => Key === "GossReport")?.Value;
  return [
    ...(image.State === "available" ? [] : [`${ami} in ${region} is ${image.State}, not available`]),
    ...(tag === digest ? [] : [`${ami} in ${region} has the tag GossReport ${tag ?? "not at all"}, not ${digest}`]),
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
 * Compares a bake's report with its digest in the manifest and in the images' tags.
 * @throws Error that names all that does not match
 */
export async function verify(manifest: ImageManifest, out: string, optionsOf: ClientOptionsOf): Promise<void> {
  const name = bakeName(manifest.layer, manifest.version);
  const faults = await reportFaults(manifest, out);
  for (const [region, ami] of Object.entries(manifest.images)) {
    faults.push(...imageFaults(region, ami, manifest.reportDigest, await new Aws(optionsOf(region)).image(ami)));
  }
  refuse(`${name} is not what its manifest says`, faults);
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
export async function publish(manifest: ImageManifest, out: string, optionsOf: ClientOptionsOf): Promise<string> {
  await verify(manifest, out, optionsOf);
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
