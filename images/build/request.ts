import { readdir } from "node:fs/promises";
import path from "node:path";
import { exists } from "../../tools/cache.ts";
import { findPacker } from "../../tools/packer.ts";
import { run } from "../../tools/run.ts";
import { Aws } from "./aws.ts";
import { networkFault } from "./builder-network.ts";
import { builderSettings, type BuilderSettings } from "./builder-settings.ts";
import { bucketFault } from "./evidence.ts";
import { refuse, errorMessage } from "./faults.ts";
import { below, isVersion, type Layer, ROOT, TEMPLATES } from "./layers.ts";
import { parameterOf, readManifest } from "./manifest.ts";
import { parentFault, parentOf, revokedFault } from "./parent.ts";
import { readBuilderSubnets } from "./read-network.ts";
import { parseVariables } from "./variables.ts";

/** What the command line says of a bake. */
export interface Options {
  readonly version?: string;
  readonly environment: string;
  readonly region?: string;
  readonly parent?: string;
  /** Days. */
  readonly maxParentAge: string;
  readonly var: readonly string[];
  readonly varFile: readonly string[];
  readonly out: string;
  readonly allowDirty?: boolean;
}

/** A bake that can begin, but for its tools. */
export interface Request {
  readonly layer: Layer;
  readonly version?: string;
  readonly commit: string;
  readonly variables: Record<string, string>;
  readonly varFiles: string[];
  /** What the variables come to. */
  readonly settings: BuilderSettings;
  readonly out: string;
}

/** What is looked up outside, each replaced in tests. */
export interface Lookups {
  /** The commit of the files, and whether they are all of that commit. */
  readonly commit: () => Promise<{ commit: string; clean: boolean }>;
  readonly settings: (given: Parameters<typeof builderSettings>[1]) => Promise<BuilderSettings>;
  readonly aws: (region: string) => Pick<Aws, "image" | "parameter" | "revocations">;
  readonly subnets: (region: string, subnetId: string) => ReturnType<typeof readBuilderSubnets>;
  readonly bucketFault: (region: string, bucket: string) => Promise<string | undefined>;
  readonly now: () => Date;
}

const lookups: Lookups = {
  commit: async () => {
    const git = (...args: string[]): Promise<string> => run("git", ["-C", ROOT, ...args]);
    return { commit: (await git("rev-parse", "HEAD")).trim(), clean: (await git("status", "--porcelain")) === "" };
  },
  settings: async (given) => builderSettings(await findPacker((line) => console.log(line)), given),
  aws: (region) => new Aws({ region }),
  subnets: (region, subnetId) => readBuilderSubnets({ region }, subnetId),
  bucketFault: (region, bucket) => bucketFault({ region }, bucket),
  now: () => new Date(),
};

/**
 * Checks all that a bake is told before anything is made.
 * @throws Error that names all faults
 */
export async function checkRequest(
  layer: Layer,
  options: Options,
  env = process.env,
  outside: Lookups = lookups,
): Promise<Request> {
  const region = options.region ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? "";
  const { variables, faults } = parseVariables(options.var);
  faults.push(...versionFaults(layer, options.version), ...regionFaults(region));
  const files = [path.join(TEMPLATES, "environments", `${options.environment}.pkrvars.hcl`), ...options.varFile];
  faults.push(...(await fileFaults(files, options.environment)));
  const varFiles = files.map((file) => path.resolve(file));
  const given = { ...variables, region, environment: options.environment };
  // What is wrong so far, Packer would only repeat.
  const settings = faults.length === 0 ? await settled(outside, { variables: given, varFiles }, faults) : undefined;
  const source = await outside.commit().catch((error: unknown) => {
    faults.push(`no commit to name: ${errorMessage(error)}`);
    return { commit: "", clean: true };
  });
  if (!source.clean && options.allowDirty !== true) {
    faults.push("there are files that are not committed; commit them, or give --allow-dirty to try something");
  }
  const asks = layer === "base" ? baseParent(options) : await parent(layer, region, options, settings, outside);
  if ("fault" in asks) faults.push(asks.fault);
  if (settings !== undefined) faults.push(...(await networkFaults(layer, region, settings, outside)));
  if (settings !== undefined && settings.evidence_bucket !== "") {
    faults.push(...[(await outside.bucketFault(region, settings.evidence_bucket)) ?? []].flat());
  }
  refuse(`${layer} can't be baked`, faults);
  if (settings === undefined) throw new Error(`${layer} can't be baked: its variables are not known.`);
  return {
    layer,
    version: options.version,
    commit: source.commit,
    variables: "ami" in asks ? { ...given, parent_ami: asks.ami } : given,
    varFiles,
    settings,
    out: options.out,
  };
}

async function settled(
  { settings }: Lookups,
  given: Parameters<Lookups["settings"]>[0],
  faults: string[],
): Promise<BuilderSettings | undefined> {
  try {
    return await settings(given);
  } catch (error) {
    faults.push(errorMessage(error));
    return undefined;
  }
}

/** Looked at before anything starts: a builder that nobody can reach costs ten minutes, and ends with SSH's time-out. */
async function networkFaults(layer: Layer, region: string, settings: BuilderSettings, { subnets }: Lookups) {
  try {
    return [networkFault(layer, settings, await subnets(region, settings.subnet_id)) ?? []].flat();
  } catch (error) {
    return [`the builder's network can't be looked up: ${errorMessage(error)}`];
  }
}

function regionFaults(region: string): string[] {
  if (/^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) return [];
  return [
    region === "" ? "no region: give --region, or set AWS_REGION" : `--region is ${region}; it looks like eu-central-1`,
  ];
}

function versionFaults(layer: Layer, version: string | undefined): string[] {
  if (layer !== "app") return version === undefined ? [] : [`--version is for the app layer; ${layer} has none`];
  if (version === undefined) return ["app needs the --version of the release, such as v1.2.3"];
  return isVersion(version) ? [] : [`--version is ${version}; it must be vX.Y.Z or vX.Y.Z-pre, such as v1.2.3`];
}

async function fileFaults(files: readonly string[], environment: string): Promise<string[]> {
  const [own, ...others] = files;
  const faults: string[] = [];
  if (own !== undefined && !(await exists(own))) {
    const known = (await readdir(path.dirname(own))).map((name) => name.split(".")[0]);
    faults.push(`--environment is ${environment}; there are ${known.join(", ")}`);
  }
  for (const file of others) if (!(await exists(file))) faults.push(`--var-file ${file}: no such file`);
  return faults;
}

function baseParent({ parent }: Options): { fault: string } | Record<string, never> {
  return parent === undefined ? {} : { fault: "--parent is not for base: it starts from the newest Amazon Linux 2023" };
}

async function parent(
  layer: "hardened" | "app",
  region: string,
  options: Options,
  settings: BuilderSettings | undefined,
  { aws, now }: Lookups,
) {
  const lower = below(layer) ?? "base";
  const maxAgeDays = Number(options.maxParentAge);
  if (!/^\d{1,4}$/.test(options.maxParentAge) || maxAgeDays === 0) {
    return { fault: `--max-parent-age is ${options.maxParentAge}; it must be days, a whole number from 1 to 9999` };
  }
  try {
    const manifest = await readManifest(options.out, lower);
    const named = options.parent ?? manifest?.images[region];
    const parameter =
      named === undefined && region !== "" ? await aws(region).parameter(parameterOf({ layer: lower })) : undefined;
    const found = parentOf(layer, region, { given: options.parent, manifest, parameter });
    if ("fault" in found || region === "") return found;
    const terms = { architecture: settings?.architecture, maxAgeDays, now: now() };
    const image = await aws(region).image(found.ami);
    const fault = parentFault(found.ami, layer, image, terms) ?? (await revokedFault(aws(region), found.ami, image));
    return fault === undefined ? found : { fault: `${fault} (named by ${found.from})` };
  } catch (error) {
    return { fault: `the image of ${lower} can't be looked up: ${errorMessage(error)}` };
  }
}
