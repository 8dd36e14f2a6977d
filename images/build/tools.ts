import { findGoss } from "../../tools/goss.ts";
import { findPacker } from "../../tools/packer.ts";
import { findPackerPlugin } from "../../tools/packer-plugin.ts";
import { run } from "../../tools/run.ts";
import type { BakeArgs } from "./bake.ts";
import type { BuilderSettings } from "./builder-settings.ts";
import { refuse, errorMessage } from "./faults.ts";

/**
 * Finds what a bake on AWS needs. The image gets Node from Amazon Linux's own packages, so that its updates come with them.
 * @throws Error that names all that is missing
 */
export async function findTools(
  settings: BuilderSettings,
  progress: (message: string) => void,
): Promise<BakeArgs["tools"]> {
  const faults: string[] = [];
  const found = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      faults.push(errorMessage(error));
      return undefined;
    }
  };
  if (settings.ssh_interface === "session_manager") await found(sessionManager);
  const image = { system: "linux", arch: settings.architecture === "arm64" ? "arm64" : "x64" };
  const goss = await found(() => findGoss(progress, image));
  const packer = await found(() => findPacker(progress));
  const pluginPath = packer && (await found(() => findPackerPlugin(packer, progress)));
  refuse("A tool is missing", faults);
  if (goss === undefined || packer === undefined || pluginPath === undefined) throw new Error("A tool is missing.");
  return { packer, pluginPath, goss };
}

/** Packer's own way into the builder runs it. */
async function sessionManager(): Promise<void> {
  await run("session-manager-plugin", ["--version"]).catch(() => {
    throw new Error(
      "PATH has no session-manager-plugin, the way into the builder without an open port: install it " +
        "(https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html)",
    );
  });
}
