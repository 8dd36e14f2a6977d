import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { buildRelease } from "@bluegreen/app/build";
import { buildBootGate } from "@bluegreen/boot-gate/build";
import { accept, type ProofSettings } from "./accept.ts";
import { errorMessage } from "./faults.ts";
import { bakeName, type Layer } from "./layers.ts";
import { filesOf, type ImageManifest } from "./manifest.ts";
import { runPacker } from "./packer.ts";
import { parsePackerManifest } from "./packer-manifest.ts";
import { clientOptions } from "./aws.ts";
import { judge } from "./report.ts";
import { variablesOf } from "./variables.ts";

/** What a bake needs; nothing in it is looked for or guessed. */
export interface BakeArgs {
  readonly layer: Layer;
  /** `vX.Y.Z` of the app layer; none for the layers below. */
  readonly version?: string;
  /** 40 hexadecimal digits. */
  readonly commit: string;
  /** Variables of packer/, among them `region`, and `parent_ami` for the layers hardened and app. */
  readonly variables: Readonly<Record<string, string>>;
  /** Paths of variable files. */
  readonly varFiles: readonly string[];
  /** Folder of manifests, reports and logs. */
  readonly out: string;
  /** Default: nothing is signed, and the papers stay in `out`. */
  readonly proof?: ProofSettings;
  readonly tools: {
    readonly packer: string;
    /** PACKER_PLUGIN_PATH. */
    readonly pluginPath: string;
    /** A goss for Linux on the image's architecture. */
    readonly goss: string;
    /** Node for the image as npm's package has it; default: the system's own package. */
    readonly nodeArchive?: string;
  };
  /** URL of another AWS, for Packer and for our own calls. */
  readonly endpoint?: string;
  /** Command that Packer's own stands behind, for example `nsenter …`; default: none. */
  readonly prefix?: readonly string[];
  /** Added to the environment of Packer; our own calls take credentials from it, too. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Aborted: Packer cleans up, and the bake fails. */
  readonly signal?: AbortSignal;
  readonly progress: (message: string) => void;
}

/**
 * Bakes one layer: builds what goes in, runs Packer, judges its Goss report, tags the images with the report's digest, and
 * keeps manifest and report in `out`. Until all of that has gone well, `out` gets nothing but a log.
 *
 * @throws Error when anything fails; where Packer had made images by then, it names them
 */
export async function bakeLayer(args: BakeArgs): Promise<ImageManifest> {
  if ((args.layer === "app") !== (args.version !== undefined)) {
    throw new Error(`The app layer has a version, and only it; ${args.layer} came with ${args.version ?? "none"}.`);
  }
  const out = path.resolve(args.out);
  await mkdir(out, { recursive: true });
  const work = await mkdtemp(path.join(out, `.baking-${bakeName(args.layer, args.version)}-`));
  try {
    return await bakeIn(work, out, args);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function bakeIn(work: string, out: string, args: BakeArgs): Promise<ImageManifest> {
  const { layer, version, commit, tools, endpoint } = args;
  const [manifest, report] = [path.join(work, "packer-manifest.json"), path.join(work, "report.json")];
  const { schema, ...content }: Partial<Awaited<ReturnType<typeof contentOf>>> =
    version === undefined ? {} : await contentOf(work, version, commit);
  const files = {
    manifest,
    report,
    contents: work,
    ...content,
    goss: path.resolve(tools.goss),
    nodeArchive: tools.nodeArchive,
  };
  const variables = variablesOf({ layer, given: args.variables, commit, version, schema, endpoint, files });
  const log = path.join(out, filesOf(layer, version).log);
  const line = (text: string): void => args.progress(`${bakeName(layer, version)} | ${text}`);
  try {
    // custom_endpoint_ec2 is not all: for deprecation, protection and tags the plugin (1.8) makes clients that follow the environment alone.
    const environment = endpoint === undefined ? args.environment : { ...args.environment, AWS_ENDPOINT_URL: endpoint };
    await runPacker({ ...args, ...tools, variables, environment }, { log, line, signal: args.signal });
  } catch (error) {
    throw new Error(await whyFailed(errorMessage(error), report, log), { cause: error });
  }
  const build = parsePackerManifest(await readFile(manifest, "utf8"), layer);
  const made = { layer, version, schema, build, work, release: content.release };
  return accept(made, out, (region) => clientOptions(region, args), args.proof);
}

/** What an app image carries: the release and the boot gate. */
async function contentOf(work: string, version: string, commit: string) {
  const release = path.join(work, "release");
  const { schema } = await buildRelease({ version, commit, out: release });
  return { release, schema, bootGate: await buildBootGate({ out: work }) };
}

/** Goss's own words say more than Packer's last lines, where a spec has failed. */
async function whyFailed(said: string, reportFile: string, log: string): Promise<string> {
  const report = await readFile(reportFile, "utf8").catch(() => undefined);
  const faults = report === undefined ? [] : judge(report).faults;
  const lines = faults.length === 0 ? [said] : ["A spec failed, so there is no image:", ...faults];
  return `${lines.join("\n  - ")}\n  The whole output: ${log}`;
}
