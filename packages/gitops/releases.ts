import { readFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import { environments, services } from "./services.ts";

/** Which image each environment has of each service. */
export const RELEASES = path.join(import.meta.dirname, "releases.json");

export const DIGEST = /^sha256:[0-9a-f]{64}$/;

const release = z.strictObject({
  version: z
    .string()
    .regex(/^v\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/, { error: "vX.Y.Z, as the image's tag; never latest" }),
  digest: z.string().regex(DIGEST, { error: "sha256: and 64 hexadecimal digits, as the registry says" }),
});
const ofServices = z.strictObject(Object.fromEntries(services.map(({ name }) => [name, release])));
const schema = z.strictObject(Object.fromEntries(environments.map(({ name }) => [name, ofServices])));

export type Release = z.output<typeof release>;
/** By environment and service. */
export type Releases = Readonly<Record<string, Readonly<Record<string, Release>>>>;

export const readReleases = (file = RELEASES): Releases => schema.parse(JSON.parse(readFileSync(file, "utf8")));

/** What is to run: a service's image in an environment. */
export interface Deployment extends Release {
  readonly service: string;
  readonly environment: string;
}

/**
 * The releases with one more; all others stay as they are.
 * @throws Error with all that is wrong, also when the environment before has not got that very image
 */
export function withRelease(releases: Releases, { service, environment, version, digest }: Deployment): Releases {
  const [services_, environments_] = [services, environments].map((all) => all.map(({ name }) => name));
  const checked = release.safeParse({ version, digest });
  const faults = [
    !services_.includes(service) && `service is ${service}; allowed: ${services_.join(", ")}`,
    !environments_.includes(environment) && `environment is ${environment}; allowed: ${environments_.join(", ")}`,
    ...(checked.error?.issues ?? []).map((issue) => `${issue.path.join(".")}: ${issue.message}`),
  ].filter((fault) => fault !== false);
  if (faults.length > 0) throw new Error(faults.join("; "));
  const after = environments.find(({ name }) => name === environment)?.after;
  const before = after === undefined ? undefined : releases[after][service];
  if (before !== undefined && before.digest !== digest)
    throw new Error(
      `${after} has ${service} ${before.version} (${before.digest}), and ${environment} takes nothing else. Release ${version} there first`,
    );
  return { ...releases, [environment]: { ...releases[environment], [service]: { version, digest } } };
}
