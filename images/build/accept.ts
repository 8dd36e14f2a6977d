import { readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { Aws, type ClientOptions } from "./aws.ts";
import { bundledPackages } from "./bundled.ts";
import { parsePackages, parseSystem } from "./contents.ts";
import { keepEvidence } from "./evidence.ts";
import { errorMessage } from "./faults.ts";
import { bakeName, type Layer } from "./layers.ts";
import { filesOf, type ImageManifest } from "./manifest.ts";
import type { PackerBuild } from "./packer-manifest.ts";
import { digestOf, judge } from "./report.ts";
import { sbomOf } from "./sbom.ts";
import { regionOfKey, sign, TAGS } from "./signature.ts";

/** What Packer has made, and what is known of it beside that. */
export interface Made {
  readonly layer: Layer;
  readonly version?: string;
  readonly schema?: ImageManifest["schema"];
  readonly build: PackerBuild;
  /** Folder of what was downloaded: report.json, system.json, packages.tsv. */
  readonly work: string;
  /** Folder of an app image's release. */
  readonly release?: string;
}

/** What becomes of the proof beside the folder of manifests. */
export interface ProofSettings {
  /** KMS key that signs; undefined: nothing is signed. */
  readonly signingKey?: string;
  /** Bucket with Object Lock that the papers go to; undefined: they stay here. */
  readonly evidenceBucket?: string;
}

/** A bake's papers by their place in the work folder, and the names that they are kept under. */
type Papers = readonly { readonly from: string; readonly to: string }[];

/**
 * Judges the report, signs and tags the images in every region, keeps the papers in the bucket, and moves them to `out`, the manifest
 * last: it is what makes the bake count.
 *
 * @throws Error that names the images, when they can't be accepted
 */
export async function accept(
  made: Made,
  out: string,
  optionsOf: (region: string) => ClientOptions,
  proof: ProofSettings = {},
): Promise<ImageManifest> {
  const { build, work, version } = made;
  try {
    const report = await readFile(path.join(work, "report.json"));
    const { faults } = judge(report.toString(), version);
    if (faults.length > 0) throw new Error(["The report refuses the image:", ...faults].join("\n  - "));
    const whole = await manifestOf(made, digestOf(report));
    const manifest = { ...whole, signature: await signatures(whole, optionsOf, proof.signingKey) };
    for (const [region, ami] of Object.entries(build.images)) {
      await new Aws(optionsOf(region)).tag(ami, tagsOf(manifest, region));
    }
    const papers = await write(manifest, work);
    await keepAll(manifest, papers, work, optionsOf, proof.evidenceBucket);
    for (const { from, to } of papers) await rename(path.join(work, from), path.join(out, to));
    return manifest;
  } catch (error) {
    const where = Object.entries(build.images).map(([region, ami]) => `${ami} in ${region}`);
    throw new Error(
      `${errorMessage(error)}\n  Packer has made ${where.join(", ")}, which nothing names now: deregister them, after ` +
        "aws ec2 disable-image-deregistration-protection.",
      { cause: error },
    );
  }
}

async function manifestOf(
  { layer, version, schema, build, work, release }: Made,
  reportDigest: string,
): Promise<ImageManifest> {
  const { commit, environment, images, sourceAmi, sourceAmiName, buildTime } = build;
  const system = parseSystem(await readFile(path.join(work, "system.json"), "utf8"));
  const list = await readFile(path.join(work, "packages.tsv"));
  const bundled = release === undefined ? [] : await bundledPackages(release);
  const sbom = sbomOf({
    name: bakeName(layer, version),
    version,
    system,
    packages: parsePackages(list.toString()),
    bundled,
  });
  await writeFile(path.join(work, "sbom.json"), sbom);
  return {
    layer,
    version,
    commit,
    environment,
    images,
    sourceAmi,
    sourceAmiName,
    schema,
    report: filesOf(layer, version).report,
    reportDigest,
    buildTime,
    system,
    packagesDigest: digestOf(list),
    sbomDigest: digestOf(Buffer.from(sbom)),
  };
}

/** The digests of a bake's papers, as tags and signatures have them. */
export function digestsOf({ reportDigest, packagesDigest, sbomDigest }: ImageManifest) {
  return { report: reportDigest, packages: packagesDigest, sbom: sbomDigest };
}

async function signatures(
  manifest: ImageManifest,
  optionsOf: (region: string) => ClientOptions,
  key: string | undefined,
): Promise<ImageManifest["signature"]> {
  if (key === undefined) return undefined;
  const values: Record<string, string> = {};
  const { KMSClient } = await import("@aws-sdk/client-kms");
  for (const [region, image] of Object.entries(manifest.images)) {
    const kms = new KMSClient(optionsOf(regionOfKey(key) ?? region));
    try {
      values[region] = await sign(kms, key, { region, image, version: manifest.version, ...digestsOf(manifest) });
    } finally {
      kms.destroy();
    }
  }
  return { key, values };
}

function tagsOf(manifest: ImageManifest, region: string): Record<string, string> {
  const { system, signature } = manifest;
  const signed = signature?.values[region];
  return {
    [TAGS.report]: manifest.reportDigest,
    [TAGS.packages]: manifest.packagesDigest,
    [TAGS.sbom]: manifest.sbomDigest,
    Release: system.release,
    Kernel: system.kernel,
    ...(signed !== undefined && { [TAGS.signature]: signed }),
  };
}

/** The manifest comes last. */
async function write(manifest: ImageManifest, work: string): Promise<Papers> {
  const names = filesOf(manifest.layer, manifest.version);
  await writeFile(path.join(work, names.manifest), `${JSON.stringify(manifest, undefined, 2)}\n`);
  return [
    { from: "report.json", to: names.report },
    { from: "packages.tsv", to: names.packages },
    { from: "sbom.json", to: names.sbom },
    { from: names.manifest, to: names.manifest },
  ];
}

/** In the region that was built in: one bucket has the proof of an image's copies, too. */
async function keepAll(
  { images }: ImageManifest,
  papers: Papers,
  work: string,
  optionsOf: (region: string) => ClientOptions,
  bucket: string | undefined,
): Promise<void> {
  const [first] = Object.entries(images);
  if (bucket === undefined || first === undefined) return;
  const [region, image] = first;
  const files = papers.map(({ from, to }) => ({ file: path.join(work, from), name: to }));
  await keepEvidence(optionsOf(region), bucket, image, files);
}
