import {
  DeleteSnapshotCommand,
  DeregisterImageCommand,
  DisableImageDeregistrationProtectionCommand,
  EC2Client,
  paginateDescribeImages,
  type Image,
} from "@aws-sdk/client-ec2";
import { Aws, type ClientOptions } from "./aws.ts";
import { errorMessage } from "./faults.ts";
import { readUses } from "./image-uses.ts";
import { parameterOf } from "./manifest.ts";
import { type Judged, judgeImages, type PruneTerms } from "./prune.ts";

/** Reads this account's images in a region, and judges them. AWS's errors pass through. */
export async function judgeRegion(options: ClientOptions, terms: PruneTerms, folder?: string): Promise<Judged[]> {
  const ec2 = new EC2Client(options);
  try {
    const images: Image[] = [];
    const input = {
      Owners: ["self"],
      Filters: [{ Name: "tag:Name", Values: ["bluegreen-*"] }],
      IncludeDeprecated: true,
    };
    for await (const page of paginateDescribeImages({ client: ec2 }, input)) images.push(...(page.Images ?? []));
    return judgeImages(images, await readUses(ec2, images, await newest(options), folder), terms);
  } finally {
    ec2.destroy();
  }
}

/** What the next bake starts from, by the parameter that says so. */
async function newest(options: ClientOptions): Promise<Map<string, string>> {
  const aws = new Aws(options);
  const found = new Map<string, string>();
  for (const layer of ["base", "hardened"] as const) {
    const name = parameterOf({ layer });
    const id = await aws.parameter(name);
    if (id !== undefined) found.set(name, id);
  }
  return found;
}

/**
 * Deregisters an image and deletes its snapshots.
 * @throws Error that names what is left
 */
export async function retireImage(options: ClientOptions, { id, snapshots }: Judged): Promise<void> {
  const ec2 = new EC2Client(options);
  try {
    await ec2.send(new DisableImageDeregistrationProtectionCommand({ ImageId: id }));
    await ec2.send(new DeregisterImageCommand({ ImageId: id }));
  } catch (error) {
    ec2.destroy();
    throw new Error(`${id} is still there, perhaps without its protection: ${errorMessage(error)}`, { cause: error });
  }
  try {
    for (const SnapshotId of snapshots) await ec2.send(new DeleteSnapshotCommand({ SnapshotId }));
  } catch (error) {
    throw new Error(`${id} is gone, of its snapshots (${snapshots.join(", ")}) some are not: ${errorMessage(error)}`, {
      cause: error,
    });
  } finally {
    ec2.destroy();
  }
}
