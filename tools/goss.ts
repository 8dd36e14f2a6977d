import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { cacheDir, exists, made } from "./cache.ts";
import { download } from "./download.ts";
import { builtProgram, buildGoTool, type GoTool, HOST, INSTALL_GO, type Platform } from "./go-tool.ts";
import { withProgress } from "./run.ts";
import { firstOf, type Progress, type Source } from "./sources.ts";
import { type Version, written } from "./versions.ts";

/** The one version that images carry and that the specs in goss/ are written for. */
const GOSS_VERSION: Version = [0, 4, 9];
/** What the images run on. */
export const IMAGE: Platform = { system: "linux", arch: "x64" };

/** The one that is built; go/goss/go.mod pins the same. */
export const TOOL: GoTool = {
  name: "goss",
  package: "github.com/goss-org/goss/cmd/goss",
  version: GOSS_VERSION,
  linkerFlags: `-X github.com/goss-org/goss/util.Version=v${written(GOSS_VERSION)}`,
  takes: "about 1 minute",
};

/** The project's own build for the images, with the digest published beside it. */
export const RELEASE = {
  url: `https://github.com/goss-org/goss/releases/download/v${written(GOSS_VERSION)}/goss-linux-amd64`,
  sha256: "87dd36cfa1b8b50554e6e2ca29168272e26755b19ba5438341f7c66b36decc19",
};

/**
 * Finds goss, exactly `GOSS_VERSION`, for the platform: in the cache, by the project's own download, or built from its Go
 * module. One on PATH is not taken: the image carries what is found here.
 *
 * @param platform what it has to run on; default: what the images run on
 */
export function findGoss(
  progress: Progress,
  platform = IMAGE,
  sources: readonly Source<string>[] = [cached(platform), downloaded(platform), built(platform)],
): Promise<string> {
  return firstOf(sources, progress, {
    missing: `No goss ${written(GOSS_VERSION)} for ${platform.system}-${platform.arch} could be had`,
    advice: `Let this machine reach github.com, or ${INSTALL_GO}, and run this again.`,
  });
}

/** The one for this machine, to check specs with. */
export function findHostGoss(progress: Progress): Promise<string> {
  return findGoss(progress, HOST);
}

/** One that was downloaded or built before. */
export const cached =
  (platform: Platform): Source<string> =>
  async () => {
    for (const goss of [...(isImages(platform) ? [downloadedProgram()] : []), builtProgram(TOOL, platform)]) {
      if (await exists(goss)) return goss;
    }
    throw new Error(`the cache (${cacheDir("goss")}) has none`);
  };

/** The project's own build. Only the one for the images has a digest here. */
export const downloaded =
  (platform: Platform, { url, sha256 } = RELEASE): Source<string> =>
  async (progress) => {
    if (!isImages(platform)) throw new Error("the download is known for the images' platform alone");
    const program = downloadedProgram();
    await made(path.dirname(path.dirname(program)), async (temporary) => {
      const bin = path.join(temporary, "bin");
      await mkdir(bin);
      await withProgress(progress, `downloading goss ${written(GOSS_VERSION)}, once`, async () => {
        await writeFile(path.join(bin, TOOL.name), await download(url, sha256), { mode: 0o755 });
      });
    });
    return program;
  };

/** One built from its Go module. */
const built =
  (platform: Platform): Source<string> =>
  async (progress) => {
    await buildGoTool(TOOL, progress, platform);
    return builtProgram(TOOL, platform);
  };

function isImages({ system, arch }: Platform): boolean {
  return system === IMAGE.system && arch === IMAGE.arch;
}

function downloadedProgram(): string {
  return cacheDir(path.join("goss", `downloaded-${written(GOSS_VERSION)}-linux-x64`, "bin", TOOL.name));
}
