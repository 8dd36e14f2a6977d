import path from "node:path";
import { Command } from "commander";
import { bakeLayer } from "./bake.ts";
import { errorMessage, refuse } from "./faults.ts";
import { bakeName, isVersion, type Layer, LAYERS, OUT } from "./layers.ts";
import { filesOf, type ImageManifest, readManifest } from "./manifest.ts";
import { publish, usageOf, verify } from "./publish.ts";
import { prune, type PruneOptions } from "./prune-command.ts";
import { checkRequest, type Options } from "./request.ts";
import { scan } from "./scan.ts";
import { findTools } from "./tools.ts";

// Who reads our output may go away (`bake … | tee log` and Ctrl-C, which ends both); Packer must still be waited for.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);

const say = (line: string): void => console.log(line);
const append = (value: string, before: string[]): string[] => [...before, value];

const program = new Command("bake")
  .description("Bakes the image's layers on AWS, each from the one before: base, hardened, app; and publishes them.")
  .showHelpAfterError();

const titles: Record<Layer, string> = {
  base: "the newest Amazon Linux 2023 with updates, agents, Node and Goss",
  hardened: "base, hardened after CIS level 1",
  app: "hardened, with one release of the service",
};
for (const layer of LAYERS) {
  program
    .command(layer)
    .description(titles[layer])
    .option("--version <version>", "version of the release, vX.Y.Z: for app")
    .option("--environment <name>", "the variable file of packer/environments that is used, and a tag", "dev")
    .option("--region <region>", "region that is built in (default: AWS_REGION)")
    .option("--parent <ami>", "image to start from (default: of the layer below, its manifest's or parameter's)")
    .option("--max-parent-age <days>", "days after which an image is too old to start from", "45")
    .option("--var <name=value>", "a variable of packer/, beside the file's; may come again", append, [])
    .option("--var-file <file>", "a variable file beside the environment's; may come again", append, [])
    .option("--out <folder>", "folder of manifests, reports and logs", OUT)
    .option("--allow-dirty", "bake files that are not committed, too")
    .action((options: Options) => bake(layer, options));
}

program
  .command("verify")
  .description("compare a bake's Goss report with its digest in the manifest and in the images' tags")
  .argument("<version>", "version of an app image; or base, hardened")
  .option("--out <folder>", "folder of manifests", OUT)
  .option("--signing-key <key>", "KMS key that must have signed it (default: the one that the manifest names)")
  .action(async (what: string, { out, signingKey }: { out: string; signingKey?: string }) => {
    const manifest = await manifestOf(what, out);
    await verify(manifest, out, (region) => ({ region }), signingKey);
    say(`${bakeName(manifest.layer, manifest.version)}: papers and images agree, ${manifest.reportDigest}`);
    const key = signingKey ?? manifest.signature?.key;
    say(key === undefined ? "It is not signed." : `It is signed by ${key}.`);
  });

program
  .command("publish")
  .description("write the parameter that stands for an image, /bluegreen/images/<version>, and say how to use it")
  .argument("<version>", "version of an app image; or base, hardened")
  .option("--out <folder>", "folder of manifests", OUT)
  .option("--signing-key <key>", "KMS key that must have signed it (default: the one that the manifest names)")
  .option("--offline", "let trivy judge by the database that it has")
  .option("--ignore-file <file>", "findings that are accepted, in trivy's own form, with reasons")
  .option("--unscanned <reason>", "publish it without a scan, and say why")
  .action(async (what: string, options: PublishOptions) => {
    const { out, signingKey } = options;
    const manifest = await manifestOf(what, out);
    await verify(manifest, out, (region) => ({ region }), signingKey);
    await scanned(manifest, options);
    say(`${await publish(manifest, out, (region) => ({ region }), signingKey)} is published. Next:`);
    for (const line of usageOf(manifest)) say(`  ${line}`);
  });

interface PublishOptions {
  readonly out: string;
  readonly signingKey?: string;
  readonly offline?: boolean;
  readonly ignoreFile?: string;
  readonly unscanned?: string;
}

/** @throws Error that names what trivy has found */
async function scanned(
  manifest: ImageManifest,
  { out, offline, ignoreFile, unscanned }: PublishOptions,
): Promise<void> {
  const name = bakeName(manifest.layer, manifest.version);
  if (unscanned !== undefined) return say(`${name} is published without a scan: ${unscanned}`);
  const sbom = path.join(out, filesOf(manifest.layer, manifest.version).sbom);
  const found = await scan({ sbom, ignoreFile, offline: offline === true });
  refuse(`${name} has known vulnerabilities, and is not published`, found);
  say(`${name}: trivy knows of nothing CRITICAL or HIGH${offline === true ? ", by the database that it has" : ""}`);
}

program
  .command("prune")
  .description(
    "retire old images of this account: never one that a stack has, that another was built on, or of the newest",
  )
  .option("--region <region>", "region that is looked at (default: AWS_REGION)")
  .option("--older-than <days>", "days after which an image is old", "180")
  .option("--keep <count>", "how many of the newest of each layer stay, whatever their age", "5")
  .option("--apply", "retire them; without it they are only shown")
  .action((options: PruneOptions) => prune(options, say));

async function bake(layer: Layer, options: Options): Promise<void> {
  const request = await checkRequest(layer, options);
  const tools = await findTools(request.settings, say);
  const { signing_key: key, evidence_bucket: bucket } = request.settings;
  const proof = { signingKey: key === "" ? undefined : key, evidenceBucket: bucket === "" ? undefined : bucket };
  const manifest = await bakeLayer({ ...request, proof, tools, signal: interrupted(), progress: say });
  for (const [region, ami] of Object.entries(manifest.images))
    say(`${bakeName(layer, request.version)}: ${ami} in ${region}`);
  say(`Next: npm run bake -- publish ${request.version ?? layer}`);
}

async function manifestOf(what: string, out: string): Promise<ImageManifest> {
  const layer = LAYERS.find((name) => name === what && name !== "app") ?? "app";
  if (layer === "app" && !isVersion(what)) {
    throw new Error(`${what} is neither base nor hardened nor a version such as v1.2.3`);
  }
  const manifest = await readManifest(out, layer, layer === "app" ? what : undefined);
  if (manifest !== undefined) return manifest;
  throw new Error(`${out} has no manifest of ${what}: bake it first, or name its folder with --out`);
}

/** Aborted at the first signal that ends a command; Packer then cleans up. The second one ends this process at once. */
function interrupted(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(1);
      say(`${signal}: packer ends its instance, which takes a minute; a second one leaves the instance running`);
      controller.abort();
    });
  }
  return controller.signal;
}

program.parseAsync().catch((error: unknown) => {
  console.error(errorMessage(error));
  process.exitCode = 1;
});
