import path from "node:path";
import { cacheDir, made } from "./cache.ts";
import { builtProgram, buildGoTool, type GoTool, HOST, INSTALL_GO } from "./go-tool.ts";
import { quiet } from "./packer.ts";
import { run, withProgress } from "./run.ts";
import { firstOf, type Progress, type Source } from "./sources.ts";
import { type Version, versionIn, written } from "./versions.ts";

/**
 * The one amazon plugin that images are baked with; `required_plugins` in packer/ says the same. The newest there is (July 2026):
 * from 1.8.1 on it tries again what EC2 does not know yet (`InvalidAMIID.NotFound`), which ended bakes with 1.3 to 1.8.0.
 */
const PLUGIN_VERSION: Version = [1, 8, 2];

const PLUGIN = "github.com/hashicorp/amazon";
/** The one that is built; go/packer-plugin-amazon/go.mod pins the same. */
export const TOOL: GoTool = {
  name: "packer-plugin-amazon",
  package: "github.com/hashicorp/packer-plugin-amazon",
  version: PLUGIN_VERSION,
  takes: "about 2 minutes",
};

/** A way to the plugin, with this `packer`. */
export type PluginSource = (packer: string) => Source<string>;

/**
 * Finds Packer's amazon plugin, exactly `PLUGIN_VERSION`: among Packer's own plugins, in the cache, by Packer's own download,
 * or built from its Go module.
 *
 * @param packer what `findPacker` gave
 * @returns the folder for PACKER_PLUGIN_PATH
 */
export function findPackerPlugin(
  packer: string,
  progress: Progress,
  sources: readonly PluginSource[] = [installed, cached, downloaded, built],
): Promise<string> {
  return firstOf(
    sources.map((source) => source(packer)),
    progress,
    {
      missing: `No amazon plugin of version ${written(PLUGIN_VERSION)} was found for packer, and none could be made`,
      advice: `Install it (packer plugins install ${PLUGIN} v${written(PLUGIN_VERSION)}), or ${INSTALL_GO}, and run this again.`,
    },
  );
}

/** The one that `packer init` or somebody has installed. */
export const installed: PluginSource = (packer) => () => pluginIn(packer);

/** One that was downloaded or built before. */
export const cached: PluginSource = (packer) => () => pluginIn(packer, folder());

/** The official one, which Packer downloads and checks. */
export const downloaded: PluginSource = (packer) => async (progress) => {
  const version = written(TOOL.version);
  await made(folder(), (temporary) =>
    withProgress(progress, `downloading packer's amazon plugin ${version}, once`, async () => {
      const args = ["plugins", "install", PLUGIN, `v${version}`];
      await run(packer, args, { env: environment(temporary), timeout: 300_000 });
    }),
  );
  return pluginIn(packer, folder());
};

/** One built from its Go module, and installed by Packer. */
export const built: PluginSource = (packer) => async (progress) => {
  await buildGoTool(TOOL, progress);
  await made(folder(), async (temporary) => {
    const args = ["plugins", "install", "--path", builtProgram(TOOL), PLUGIN];
    await run(packer, args, { env: environment(temporary) });
  });
  return pluginIn(packer, folder());
};

async function pluginIn(packer: string, pluginPath?: string): Promise<string> {
  const said = await run(packer, ["plugins", "installed"], { env: environment(pluginPath) });
  const where = pluginPath ?? "packer's own plugin folder";
  const files = said.split("\n").filter((line) => line.includes(`${PLUGIN}/packer-plugin-amazon_v`));
  const found = files.find((file) => written(versionIn(path.basename(file)) ?? [0, 0, 0]) === written(PLUGIN_VERSION));
  if (found !== undefined) return found.slice(0, found.indexOf(`${path.sep}${PLUGIN}`));
  throw new Error(files.length === 0 ? `${where} has none` : `${where} has only ${path.basename(files.at(-1) ?? "")}`);
}

function environment(pluginPath: string | undefined): NodeJS.ProcessEnv {
  return { ...quiet(), ...(pluginPath === undefined ? {} : { PACKER_PLUGIN_PATH: pluginPath }) };
}

function folder(): string {
  return cacheDir(path.join("packer-plugins", `amazon-${written(TOOL.version)}-${HOST.system}-${HOST.arch}`));
}
