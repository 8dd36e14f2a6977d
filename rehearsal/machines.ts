import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { randomBytes } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { bakedImages, type Baked, IMAGES } from "../images/verify/baked.ts";
import { claim } from "../tools/claim.ts";
import { CleanUp } from "../tools/clean-up.ts";
import { findRedis } from "../tools/redis.ts";
import type { ClientOptions, MachineOptions } from "@bluegreen/local-aws";
import { addresses } from "@bluegreen/machines";

/** AWS seconds that the service serves on after SIGTERM: its own default. */
const shutdownDelay = 15;

/** The baked images, and what a cloud needs to boot them. What machines write goes with `cleanUp`. */
export async function openMachines(
  folder: string,
  cleanUp: CleanUp,
  progress: (message: string) => void,
): Promise<{ baked: Baked; options: MachineOptions }> {
  // Held to the end: the machines boot from these very files.
  await mkdir(IMAGES, { recursive: true });
  await claim(IMAGES, cleanUp);
  const redis = await findRedis(progress);
  const bakery = new CleanUp();
  cleanUp.add("bakery", async () => void (await bakery.run()));
  const baked = await bakedImages(bakery, progress);
  await bakery.run();
  const machines = path.join(folder, "machines");
  await rm(machines, { recursive: true, force: true });
  cleanUp.add("machines' files", () => rm(machines, { recursive: true, force: true }));
  return { baked, options: { store: baked.store.folder, folder: machines, redis } };
}

/** Address of the machines' backing store. */
export const machinesRedis = `redis://${addresses.store}:6379`;

/** The service's settings in Parameter Store, as an operator would put them there. */
export async function putSettings(
  client: ClientOptions,
  below: string,
  { redisUrl, timeScale }: { redisUrl: string; timeScale: number },
): Promise<void> {
  const ssm = new SSMClient(client);
  const settings = {
    REDIS_URL: redisUrl,
    SESSION_SECRET: randomBytes(32).toString("hex"),
    // The rehearsal's load balancer speaks HTTP alone.
    SESSION_COOKIE_SECURE: "false",
    SHUTDOWN_DELAY: String(Math.ceil(shutdownDelay / timeScale)),
  };
  try {
    for (const [name, Value] of Object.entries(settings)) {
      const Type = name === "SESSION_SECRET" ? "SecureString" : "String";
      await ssm.send(new PutParameterCommand({ Name: `${below}/${name}`, Value, Type, Overwrite: true }));
    }
  } finally {
    ssm.destroy();
  }
}
