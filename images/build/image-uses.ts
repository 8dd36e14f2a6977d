import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import {
  DescribeImageAttributeCommand,
  type EC2Client,
  type Image,
  paginateDescribeInstances,
  paginateDescribeLaunchTemplateVersions,
} from "@aws-sdk/client-ec2";
import { ROOT } from "./layers.ts";

/** What uses are written into: the first one that is found for an image is told. */
type Found = Map<string, string>;

function add(found: Found, id: string | undefined, why: string): void {
  if (id !== undefined && !found.has(id)) found.set(id, why);
}

/**
 * Who uses images in a region. A stack has a launch template for each colour, also for the one that is off and that a rollback goes to:
 * what templates name, serves or can serve at once. AWS's errors pass through.
 * @param parameters values of the parameters that stand for the layers' newest images
 */
export async function readUses(
  ec2: EC2Client,
  images: readonly Image[],
  parameters: ReadonlyMap<string, string>,
  folder = ROOT,
): Promise<Map<string, string>> {
  const found: Found = new Map();
  const input = { Versions: ["$Latest", "$Default"] };
  for await (const page of paginateDescribeLaunchTemplateVersions({ client: ec2 }, input)) {
    for (const { LaunchTemplateName, LaunchTemplateData } of page.LaunchTemplateVersions ?? []) {
      add(found, LaunchTemplateData?.ImageId, `the launch template ${LaunchTemplateName} names it`);
    }
  }
  const States = ["pending", "running", "stopping", "stopped"];
  const Filters = [{ Name: "instance-state-name", Values: States }];
  for await (const { Reservations = [] } of paginateDescribeInstances({ client: ec2 }, { Filters })) {
    for (const { Instances = [] } of Reservations) {
      for (const { ImageId, InstanceId } of Instances) add(found, ImageId, `${InstanceId} runs on it`);
    }
  }
  for (const [name, id] of parameters) add(found, id, `${name} stands for it`);
  for (const [id, file] of await namedInStacks(folder)) add(found, id, `${file} names it`);
  await addShared(ec2, images, found);
  return found;
}

/** Images that the settings of a stack name: they may be deployed tomorrow. */
async function namedInStacks(folder: string): Promise<[string, string][]> {
  const files = (await readdir(folder)).filter((name) => /^Pulumi\.[\w.-]+\.yaml$/.test(name));
  const texts = await Promise.all(files.map(async (file) => [file, await readFile(path.join(folder, file), "utf8")]));
  return texts.flatMap(([file = "", text = ""]) =>
    [...text.matchAll(/\bami-[0-9a-f]{8,17}\b/g)].map(([id]): [string, string] => [id, file]),
  );
}

/** Nobody sees what another account launches: its images stay until they are no longer shared. */
async function addShared(ec2: EC2Client, images: readonly Image[], found: Found): Promise<void> {
  for (const { ImageId } of images) {
    if (ImageId === undefined || found.has(ImageId)) continue;
    const input = { ImageId, Attribute: "launchPermission" } as const;
    const { LaunchPermissions = [] } = await ec2.send(new DescribeImageAttributeCommand(input));
    const others = LaunchPermissions.map(({ UserId, Group, OrganizationArn }) => UserId ?? Group ?? OrganizationArn);
    if (others.length > 0)
      add(found, ImageId, `it is shared with ${others.join(", ")}, whose stacks can't be seen here`);
  }
}
