import { CreateTagsCommand, EC2Client, RegisterImageCommand } from "@aws-sdk/client-ec2";
import { createHash } from "node:crypto";
import type { ClientOptions } from "@bluegreen/local-aws";
import path from "node:path";
import { buildRelease } from "@bluegreen/app/build";

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

async function register(ec2: EC2Client, version: string, out: string): Promise<string> {
  const commit = createHash("sha1").update(version).digest("hex");
  const { schema } = await buildRelease({ version, commit, out });
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
