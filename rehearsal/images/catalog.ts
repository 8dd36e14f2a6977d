import { createHash } from "node:crypto";
import type { ClientOptions } from "@bluegreen/local-aws";
import { CreateTagsCommand, EC2Client, RegisterImageCommand } from "@aws-sdk/client-ec2";

/** What an image's service does, see `service.mjs`. */
export type Behaviour =
  | "good"
  | "never-healthy"
  | "crash"
  | "error-500"
  | "slow-start"
  | "fails-under-load"
  | "fails-2-percent"
  | "fails-2-percent-served"
  | "resets";

/** An image that the rehearsal can deploy. */
export interface CatalogImage {
  readonly name: string;
  readonly version: string;
  readonly behaviour: Behaviour;
  /** Schemas of the backing store that it works with; default: 1 alone. */
  readonly schema?: { readonly min: number; readonly max: number };
  /** One line for people. */
  readonly description: string;
}

/** The images that the rehearsal knows. */
export const catalog = [
  { name: "good-v1", version: "v1.0.0", behaviour: "good", description: "serves, version 1" },
  { name: "good-v2", version: "v2.0.0", behaviour: "good", description: "serves, version 2" },
  { name: "never-healthy", version: "v2.1.0", behaviour: "never-healthy", description: "starts, never gets ready" },
  {
    name: "crash",
    version: "v2.2.0",
    behaviour: "crash",
    description: "exits 2 s after each start, before it is ready",
  },
  { name: "error-500", version: "v2.3.0", behaviour: "error-500", description: "is ready, answers 500 to users" },
  { name: "slow-start", version: "v2.4.0", behaviour: "slow-start", description: "gets ready after 40 s, then serves" },
  {
    name: "boot-gate",
    version: "v2.5.0",
    behaviour: "good",
    description: "serves once its boot gate was answered for",
  },
  {
    name: "fails-under-load",
    version: "v2.6.0",
    behaviour: "fails-under-load",
    description: "is well by every check; fails every third user after five minutes",
  },
  {
    name: "fails-2-percent",
    version: "v2.8.0",
    behaviour: "fails-2-percent",
    description: "is ready, and fails one request in fifty",
  },
  {
    name: "fails-2-percent-served",
    version: "v2.8.1",
    behaviour: "fails-2-percent-served",
    description: "is well by every check; fails one request in fifty once it has users",
  },
  {
    name: "resets",
    version: "v2.7.0",
    behaviour: "resets",
    description: "is well by every check; resets the connections of whoever asks for /reset",
  },
  {
    name: "brings-schema-2",
    version: "v3.0.0",
    behaviour: "good",
    schema: { min: 1, max: 2 },
    description: "serves with schema 1 and 2 of the store; its job migrate raises it to 2",
  },
  {
    name: "needs-schema-2",
    version: "v3.1.0",
    behaviour: "good",
    schema: { min: 2, max: 2 },
    description: "serves with schema 2 of the store alone",
  },
] as const satisfies readonly CatalogImage[];

/** Name of an image of the catalog. */
export type ImageName = (typeof catalog)[number]["name"];

/**
 * Registers all images of the catalog with a cloud.
 * @param client The cloud.
 * @param appPort Port that the service in the images listens on; default 3000.
 * @returns The image ids by name.
 */
export async function registerImages(client: ClientOptions, appPort = 3000): Promise<Record<ImageName, string>> {
  const ec2 = new EC2Client(client);
  try {
    const ids = await Promise.all(catalog.map(async (image) => [image.name, await register(ec2, image, appPort)]));
    return Object.fromEntries(ids) as Record<ImageName, string>;
  } finally {
    ec2.destroy();
  }
}

async function register(ec2: EC2Client, image: CatalogImage, appPort: number): Promise<string> {
  const { ImageId } = await ec2.send(
    new RegisterImageCommand({
      Name: `bluegreen-${image.name}`,
      Description: image.description,
      Architecture: "x86_64",
      RootDeviceName: "/dev/xvda",
      VirtualizationType: "hvm",
      EnaSupport: true,
    }),
  );
  if (!ImageId) {
    throw new Error(`RegisterImage gave no id for ${image.name}; see the cloud's log.`);
  }
  const { min, max } = image.schema ?? { min: 1, max: 1 };
  const tags = {
    Name: `bluegreen-${image.name}`,
    Version: image.version,
    SchemaMin: String(min),
    SchemaMax: String(max),
    Commit: digest("sha1", image.name),
    // No spec has seen a process; the images of machines carry their own report's.
    GossReport: `sha256:${digest("sha256", image.name)}`,
    ...(image.name === "boot-gate" ? { BootGate: "boot-gate" } : {}),
    "rehearsal:behaviour": image.behaviour,
    "rehearsal:port": String(appPort),
  };
  await ec2.send(
    new CreateTagsCommand({
      Resources: [ImageId],
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    }),
  );
  return ImageId;
}

const digest = (algorithm: string, text: string): string => createHash(algorithm).update(text).digest("hex");
