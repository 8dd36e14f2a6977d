import { builtProgram, buildGoTool, type GoTool, INSTALL_GO } from "./go-tool.ts";
import { run } from "./run.ts";
import { firstOf, type Progress, type Source } from "./sources.ts";
import { atLeast, type Version, versionIn, written } from "./versions.ts";

/** The oldest Packer that is tried; `required_version` in packer/ says the same. */
const MIN_PACKER: Version = [1, 11, 0];

/** The one that is built; go/packer/go.mod pins the same. */
export const TOOL: GoTool = {
  name: "packer",
  package: "github.com/hashicorp/packer",
  version: [1, 11, 2],
  takes: "about 2 minutes",
};

/**
 * Finds a `packer` of at least `MIN_PACKER`: on PATH, in the cache, or built from its Go module.
 *
 * @returns its path, or the bare name of the one on PATH
 */
export function findPacker(
  progress: Progress,
  sources: readonly Source<string>[] = [onPath, cached, built],
): Promise<string> {
  return firstOf(sources, progress, {
    missing: `No packer of version ${written(MIN_PACKER)} or later was found, and none could be made`,
    advice: `Install it (https://developer.hashicorp.com/packer/install), or ${INSTALL_GO}, and run this again.`,
  });
}

/** The one on PATH. Some systems have another program of that name: its version says so, or nothing. */
export const onPath: Source<string> = async () => {
  const said = await run("packer", ["--version"], { env: quiet(), timeout: 10_000 }).catch(() => "");
  const version = versionIn(said);
  if (version === undefined) throw new Error("PATH has no packer");
  if (atLeast(version, MIN_PACKER)) return "packer";
  throw new Error(`packer on PATH is ${written(version)}; it must be ${written(MIN_PACKER)} or later`);
};

/** One that was built before. */
export const cached: Source<string> = async () => {
  const packer = builtProgram(TOOL);
  await run(packer, ["--version"], { env: quiet() }).catch(() => {
    throw new Error(`the cache has none that runs (${packer})`);
  });
  return packer;
};

/** One built from its Go module. */
export const built: Source<string> = async (progress) => {
  await buildGoTool(TOOL, progress);
  return cached(progress);
};

/** The environment that keeps Packer from asking HashiCorp for newer versions of itself. */
export function quiet(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return { ...env, CHECKPOINT_DISABLE: "1" };
}
