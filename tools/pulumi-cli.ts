import { access, constants, realpath } from "node:fs/promises";
import path from "node:path";
import { PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import sdk from "@pulumi/pulumi/package.json" with { type: "json" };
import { cacheDir, made } from "./cache.ts";
import { builtFolder, buildGoTool, type GoTool, INSTALL_GO } from "./go-tool.ts";
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
/** Where the SDK's `PulumiCommand.install` gets the official CLI. */
const DOWNLOADS = "https://get.pulumi.com/install.sh";

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
  sources: readonly Source[] = [onPath, cached, downloaded, built],
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
  for (const root of [downloadFolder(), builtFolder(TOOL)]) {
    const found = await PulumiCommand.get({ root, skipVersionCheck: true }).catch(() => undefined);
    if (found !== undefined) return recent(found, root);
  }
  throw new Error(`the cache (${cacheDir("pulumi")}) has none`);
};

/** The official CLI in the SDK's own version. */
const downloaded: Source = async (progress) => {
  await fetch(DOWNLOADS, { method: "HEAD", signal: AbortSignal.timeout(20_000) }).catch(() => {
    throw new Error(`${new URL(DOWNLOADS).host} cannot be reached, so there is no official download`);
  });
  const message = `downloading the pulumi CLI ${sdk.version}, once`;
  const root = await made(downloadFolder(), (temporary) =>
    withProgress(progress, message, async () => void (await PulumiCommand.install({ root: temporary }))),
  );
  return PulumiCommand.get({ root });
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

function downloadFolder(): string {
  return cacheDir(path.join("pulumi", `downloaded-${sdk.version}-${process.platform}-${process.arch}`));
}
