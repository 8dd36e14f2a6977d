import { readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { Aws, type ClientOptions } from "./aws.ts";
import { errorMessage } from "./faults.ts";
import type { Layer } from "./layers.ts";
import { filesOf, type ImageManifest } from "./manifest.ts";
import type { PackerBuild } from "./packer-manifest.ts";
import { digestOf, judge } from "./report.ts";

/** What Packer has made, and what is known of it beside that. */
export interface Made {
  readonly layer: Layer;
  readonly version?: string;
  readonly schema?: ImageManifest["schema"];
  readonly build: PackerBuild;
  /** The downloaded Goss report. */
  readonly report: string;
}

/**
 * Judges the report, tags the images with its digest in every region, and moves report and manifest to `out`, the manifest
 * last: it is what makes the bake count.
 *
 * @throws Error that names the images, when they can't be accepted
 */
export async function accept(
  made: Made,
  out: string,
  optionsOf: (region: string) => ClientOptions,
): Promise<ImageManifest> {
  const { images } = made.build;
  try {
    const report = await readFile(made.report);
    const { faults } = judge(report.toString(), made.version);
    if (faults.length > 0) throw new Error(["The report refuses the image:", ...faults].join("\n  - "));
    const manifest = manifestOf(made, digestOf(report));
    for (const [region, ami] of Object.entries(images)) {
      const aws = new Aws(optionsOf(region));
      await aws.tag(ami, "GossReport", manifest.reportDigest);
    }
    await keep(made, manifest, out);
    return manifest;
  } catch (error) {
    const where = Object.entries(images).map(([region, ami]) => `${ami} in ${region}`);
    throw new Error(
      `${errorMessage(error)}\n  Packer has made ${where.join(", ")}, which nothing names now: deregister them, after ` +
        "aws ec2 disable-image-deregistration-protection.",
      { cause: error },
    );
  }
}

function manifestOf({ layer, version, schema, build }: Made, reportDigest: string): ImageManifest {
  const { commit, environment, images, sourceAmi, sourceAmiName, buildTime } = build;
  const what = { layer, version, commit, environment, images, sourceAmi, sourceAmiName, schema };
  return { ...what, report: filesOf(layer, version).report, reportDigest, buildTime };
}

async function keep({ layer, version, report }: Made, manifest: ImageManifest, out: string): Promise<void> {
  const names = filesOf(layer, version);
  const whole = path.join(path.dirname(report), names.manifest);
  await writeFile(whole, `${JSON.stringify(manifest, undefined, 2)}\n`);
  await rename(report, path.join(out, names.report));
  await rename(whole, path.join(out, names.manifest));
}
