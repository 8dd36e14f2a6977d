import { access, constants, mkdir, realpath, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import { cacheDir, made } from "./cache.ts";
import { download } from "./download.ts";
import { builtFolder, buildGoTool, type GoTool, HOST, INSTALL_GO } from "./go-tool.ts";
import { run, withProgress } from "./run.ts";
import { firstOf, type Source as SourceOf } from "./sources.ts";
import { atLeast, type Version, versionIn, written } from "./versions.ts";

/** Before it, an update after an init error skipped `ignoreChanges` (also `requiredPulumiVersion` in Pulumi.yaml). */
const MIN_VERSION: Version = [3, 214, 0];
const BUILT_VERSION: Version = [3, 274, 1];

const MODULE = "github.com/pulumi/pulumi";
/** The CLI that is built; go/pulumi/go.mod pins the same. */
export const TOOL: GoTool = {
  name: "pulumi",
  package: `${MODULE}/pkg/v3/cmd/pulumi`,
  version: BUILT_VERSION,
  linkerFlags: `-X ${MODULE}/sdk/v3/go/common/version.Version=${written(BUILT_VERSION)}`,
  takes: "about 4 minutes",
};
/** The program that runs Node.js programs for the engine, which looks for it beside itself and on PATH. */
const LANGUAGE_HOST = "pulumi-language-nodejs";
/** The official CLI, by the digests of its archives. The SDK's own way, a script from get.pulumi.com, checks none. */
export const RELEASE: Release = {
  version: [3, 265, 0],
  url: "https://github.com/pulumi/pulumi/releases/download/v3.265.0/pulumi-v3.265.0",
  sha256: {
    "linux-x64": "a7eff63bc539e4319a8add7383a01e427aef74a8994bcf5e6a9d12bf9d674979",
    "linux-arm64": "55f2acb3db3618ec7405cbdf2bb21566fdf46c282a92ef419d9b1d7298a83ee4",
    "darwin-x64": "ef23180967a62aed4fe86fd64e0a2814d907a112952e93af7e354ed7f9ca3f8a",
    "darwin-arm64": "659e825627a45e781a290df53f801f60a21e0c206f351d08d68beadbb1fbaafe",
  },
};

/** A release of the CLI: its archives, of which each has all programs in one folder. */
export interface Release {
  readonly version: Version;
  /** Of the archives, up to `-<system>-<arch>.tar.gz`. */
  readonly url: string;
  /** Digests by `<system>-<arch>`. */
  readonly sha256: Readonly<Record<string, string>>;
}

/** A CLI: its path, or its name where PATH has it. */
export type PulumiCli = Pick<PulumiCommand, "command">;

/** Absolute path of the CLI's file, links resolved. */
export async function locateCli({ command }: PulumiCli): Promise<string> {
  return realpath((await run("sh", ["-c", 'command -v "$0"', command])).trim());
}

/**
 * Whether the CLI comes with the language host that runs this program, beside its file or on PATH; one that was built from
 * its module doesn't.
 */
export async function hasLanguageHost(cli: string): Promise<boolean> {
  const beside = path.join(path.dirname(cli), LANGUAGE_HOST);
  return access(beside, constants.X_OK).then(
    () => true,
    () =>
      run("sh", ["-c", `command -v ${LANGUAGE_HOST}`]).then(
        () => true,
        () => false,
      ),
  );
}

/** One way to a CLI. */
export type Source = SourceOf<PulumiCommand>;

/**
 * Finds a `pulumi` CLI of at least `MIN_VERSION`: on PATH, in the cache, by the official download, or built from the Go
 * modules. Nothing is installed outside the cache.
 */
export function findPulumi(
  progress: (message: string) => void,
  sources: readonly Source[] = [onPath, cached, downloaded(), built],
): Promise<PulumiCommand> {
  return firstOf(sources, progress, {
    missing: `No pulumi CLI of version ${written(MIN_VERSION)} or later was found, and none could be made`,
    advice: `Install it (https://www.pulumi.com/docs/iac/download-install/), or ${INSTALL_GO}, and run this again.`,
  });
}

/** The CLI on PATH. */
export const onPath: Source = async () => {
  const found = await PulumiCommand.get({ skipVersionCheck: true }).catch(() => undefined);
  if (found === undefined) throw new Error("PATH has no pulumi");
  return recent(found, "pulumi on PATH");
};

/** One that was downloaded or built before. */
export const cached: Source = async () => {
  for (const root of [downloadFolder(RELEASE.version), builtFolder(TOOL)]) {
    const found = await PulumiCommand.get({ root, skipVersionCheck: true }).catch(() => undefined);
    if (found !== undefined) return recent(found, root);
  }
  throw new Error(`the cache (${cacheDir("pulumi")}) has none`);
};

/** The official CLI. */
export const downloaded =
  ({ version, url, sha256 }: Release = RELEASE): Source =>
  async (progress) => {
    const target = `${HOST.system}-${HOST.arch}`;
    const digest = sha256[target];
    if (digest === undefined) throw new Error(`no digest of a download for ${target} is known`);
    const root = await made(downloadFolder(version), (temporary) =>
      withProgress(progress, `downloading the pulumi CLI ${written(version)}, once`, async () => {
        const [archive, bin] = [path.join(temporary, "archive.tar.gz"), path.join(temporary, "bin")];
        await writeFile(archive, await download(`${url}-${target}.tar.gz`, digest));
        await mkdir(bin);
        await run("tar", ["-xzf", archive, "-C", bin, "--strip-components=1"]);
        await rm(archive);
      }),
    );
    return recent(await PulumiCommand.get({ root, skipVersionCheck: true }), root);
  };

/** One built from its Go module. */
export const built: Source = async (progress) => {
  const root = await buildGoTool(TOOL, progress);
  return recent(await PulumiCommand.get({ root, skipVersionCheck: true }), root);
};

function recent(command: PulumiCommand, where: string): PulumiCommand {
  const version = command.version === null ? undefined : versionIn(command.version.version);
  if (version !== undefined && atLeast(version, MIN_VERSION)) return command;
  throw new Error(
    `${where} is ${command.version?.version ?? "of an unknown version"}; it must be ${written(MIN_VERSION)} or later`,
  );
}

function downloadFolder(version: Version): string {
  return cacheDir(path.join("pulumi", `downloaded-${written(version)}-${HOST.system}-${HOST.arch}`));
}
