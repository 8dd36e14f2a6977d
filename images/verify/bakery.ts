import { EC2Client, RegisterImageCommand, DescribeImagesCommand, CreateTagsCommand } from "@aws-sdk/client-ec2";
import { mkdir, symlink } from "node:fs/promises";
import { devNull } from "node:os";
import path from "node:path";
import { bakeLayer } from "../build/bake.ts";
import { type Layer, TEMPLATES } from "../build/layers.ts";
import type { ImageManifest } from "../build/manifest.ts";
import { startLocalAws } from "@bluegreen/local-aws";
import { debianRoot, ImageStore, parentName, requireMachines, rootTag } from "@bluegreen/machines";
import type { CleanUp } from "../../tools/clean-up.ts";
import { findGoss } from "../../tools/goss.ts";
import { findMoto } from "../../tools/moto.ts";
import { findNodeArchive } from "../../tools/node-archive.ts";
import { findPacker } from "../../tools/packer.ts";
import { findPackerPlugin } from "../../tools/packer-plugin.ts";
import { findRedis } from "../../tools/redis.ts";
import { type Instance, launch } from "./instance.ts";
import { createProfile } from "./profile.ts";

const region = "eu-central-1";
/** What the bakes are given instead of Amazon Linux's and AWS's own. */
const varFile = path.join(TEMPLATES, "rehearsal.pkrvars.hcl");
const parentRoot = "debian-12";

export interface BakeryArgs {
  /** Where the images' root file systems go. */
  store: string;
  /** Where machines, manifests, reports and logs go. */
  folder: string;
  cleanUp: CleanUp;
  progress: (message: string) => void;
}

/** A place to bake images without AWS: the local cloud, on which Packer's builders are booted machines. */
export interface Bakery {
  readonly store: ImageStore;
  /** Folder of manifests, reports and logs. */
  readonly out: string;
  /** Bakes a layer over an image of the layer below, which base has none of; the store names the result by its id. */
  bake(
    layer: Layer,
    options: { version?: string; parent?: ImageManifest; line: (text: string) => void },
  ): Promise<ImageManifest>;
  /** The id by which the store has an image. */
  rootOf(manifest: ImageManifest): string;
  /** Launches a root file system of the store, by itself. */
  launch(root: string): Promise<Instance>;
}

/** Finds or makes the tools and the parent image, and starts the cloud. All of it ends with `cleanUp`. */
export async function openBakery({ store: storeFolder, folder, cleanUp, progress }: BakeryArgs): Promise<Bakery> {
  await requireMachines();
  const packer = await findPacker(progress);
  const tools = {
    packer,
    pluginPath: await findPackerPlugin(packer, progress),
    goss: await findGoss(progress),
    nodeArchive: await findNodeArchive(progress),
  };
  const [motoPython, redis] = [await findMoto(progress), await findRedis(progress)];
  const debian = await debianRoot(progress);
  const store = new ImageStore(storeFolder);
  await mkdir(path.join(storeFolder, parentRoot), { recursive: true });
  await symlink(debian, store.layer(parentRoot));
  await store.describe({ id: parentRoot, tags: { Name: parentName } });

  progress("starting the local cloud");
  const machines = { store: storeFolder, folder: path.join(folder, "machines"), redis };
  const cloud = await startLocalAws({
    timeScale: 10,
    motoPython,
    log: path.join(folder, "cloud.log"),
    region,
    machines,
  });
  cleanUp.add("local cloud", () => cloud.stop());
  const { client, gateway = 0 } = cloud;
  const { accessKeyId, secretAccessKey } = client.credentials;
  const ec2 = new EC2Client(client);
  cleanUp.add("EC2 client", () => ec2.destroy());
  await registerParent(ec2);
  await createProfile(client);
  const stopped = new AbortController();
  let baking: Promise<unknown> = Promise.resolve();
  cleanUp.add("bake", async () => {
    stopped.abort();
    // Packer ends its builder while there still is a cloud.
    await baking.catch(() => undefined);
  });
  const out = path.join(folder, "manifests");
  let launches = 0;

  return {
    store,
    out,
    rootOf: ({ images }) => images[region] ?? "",
    async launch(root) {
      const { ImageId = "" } = await ec2.send(new RegisterImageCommand({ Name: `${root}-${++launches}` }));
      await ec2.send(new CreateTagsCommand({ Resources: [ImageId], Tags: [{ Key: rootTag, Value: root }] }));
      return launch(ec2, cloud, ImageId);
    },
    async bake(layer, { version, parent, line }) {
      const work = bakeLayer({
        layer,
        version,
        // What is baked is the folder as it stands, which no commit need have.
        commit: "0".repeat(40),
        variables: { region, ...(parent && { parent_ami: parent.images[region] ?? "" }) },
        varFiles: [varFile],
        out,
        tools,
        endpoint: client.endpoint,
        prefix: ["nsenter", "--target", String(gateway), "--net", "--"],
        environment: {
          ...withoutCallers(),
          AWS_ACCESS_KEY_ID: accessKeyId,
          AWS_SECRET_ACCESS_KEY: secretAccessKey,
          AWS_EC2_METADATA_DISABLED: "true",
        },
        signal: stopped.signal,
        progress: line,
      });
      baking = work;
      const manifest = await work;
      const id = manifest.images[region] ?? "";
      const { Images = [] } = await ec2.send(new DescribeImagesCommand({ ImageIds: [id] }));
      const tags = (Images[0]?.Tags ?? []).filter(({ Key }) => Key !== rootTag).map(({ Key, Value }) => [Key, Value]);
      await store.describe({ ...(await store.get(id)), tags: Object.fromEntries(tags) as Record<string, string> });
      return manifest;
    },
  };
}

/** Nothing of the caller's AWS set-up: Packer must not reach a real account. */
function withoutCallers(): NodeJS.ProcessEnv {
  const names = Object.keys(process.env).filter((name) => name.startsWith("AWS_"));
  const files = { AWS_CONFIG_FILE: devNull, AWS_SHARED_CREDENTIALS_FILE: devNull };
  return { ...Object.fromEntries(names.map((name) => [name, undefined])), ...files };
}

/** The image that base starts from, under the name that its filter looks for. */
async function registerParent(ec2: EC2Client): Promise<void> {
  const { ImageId = "" } = await ec2.send(
    new RegisterImageCommand({
      Name: parentName,
      Description: "Debian 12, the rehearsal's Amazon Linux",
      Architecture: "x86_64",
      RootDeviceName: "/dev/xvda",
      VirtualizationType: "hvm",
      EnaSupport: true,
      BlockDeviceMappings: [{ DeviceName: "/dev/xvda", Ebs: { VolumeSize: 8, VolumeType: "gp3" } }],
    }),
  );
  await ec2.send(new CreateTagsCommand({ Resources: [ImageId], Tags: [{ Key: rootTag, Value: parentRoot }] }));
}
