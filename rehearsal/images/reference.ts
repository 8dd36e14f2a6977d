import { CreateTagsCommand, EC2Client, RegisterImageCommand } from "@aws-sdk/client-ec2";
import { createHash } from "node:crypto";
import type { ClientOptions } from "@bluegreen/local-aws";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { buildRelease } from "@bluegreen/app/build";
import { bundleOf, type StoredFormat } from "./formats.ts";

/**
 * Builds releases of the reference service, and registers images that run them as processes.
 * @param folder Where the releases go.
 * @returns The images' ids, in the order of the versions.
 */
export function registerReference(
  versions: readonly string[],
  folder: string,
  client: ClientOptions,
): Promise<string[]> {
  const ec2 = new EC2Client(client);
  return Promise.all(
    versions.map((version) => register(ec2, version, path.join(folder, `reference-${version}`))),
  ).finally(() => ec2.destroy());
}

/**
 * Registers releases that keep what they store in other forms, made from one that `registerReference` has built.
 * @returns The images' ids, in the order of the formats.
 */
export function registerFormats(
  before: string,
  formats: readonly StoredFormat[],
  folder: string,
  client: ClientOptions,
): Promise<string[]> {
  const ec2 = new EC2Client(client);
  return Promise.all(formats.map((format) => registerFormat(ec2, before, format, folder))).finally(() => ec2.destroy());
}

async function registerFormat(ec2: EC2Client, before: string, format: StoredFormat, folder: string): Promise<string> {
  const { version, schema = { min: 1, max: 1 } } = format;
  const bundle = await readFile(path.join(folder, `reference-${before}`, "app.cjs"), "utf8");
  const out = path.join(folder, `reference-${version}`);
  await mkdir(out, { recursive: true });
  await writeFile(path.join(out, "app.cjs"), bundleOf(bundle, before, format));
  return registerProgram(ec2, { version, commit: commitOf(before), schema, out });
}

const commitOf = (version: string): string => createHash("sha1").update(version).digest("hex");

async function register(ec2: EC2Client, version: string, out: string): Promise<string> {
  const commit = commitOf(version);
  const { schema } = await buildRelease({ version, commit, out });
  return registerProgram(ec2, { version, commit, schema, out });
}

/** What the tags of an image say of a release, and the folder with its bundle. */
interface Program {
  readonly version: string;
  readonly commit: string;
  readonly schema: { readonly min: number; readonly max: number };
  readonly out: string;
}

async function registerProgram(ec2: EC2Client, { version, commit, schema, out }: Program): Promise<string> {
  const { ImageId = "" } = await ec2.send(new RegisterImageCommand({ Name: `bluegreen-reference-${version}` }));
  const tags = {
    Version: version,
    Commit: commit,
    SchemaMin: String(schema.min),
    SchemaMax: String(schema.max),
    // No spec has seen a process.
    GossReport: `sha256:${createHash("sha256").update(version).digest("hex")}`,
    "rehearsal:program": path.join(out, "app.cjs"),
  };
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  await ec2.send(new CreateTagsCommand({ Resources: [ImageId], Tags }));
  return ImageId;
}
