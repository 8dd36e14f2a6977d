import { chmod, copyFile, link, mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { hasLanguageHost, locateCli, type PulumiCli } from "../tools/pulumi-cli.ts";

const repository = path.resolve(import.meta.dirname, "..");

/** The command line of this repository, for node. */
const entry = path.join(repository, "cli", "bin.js");

/** The stand-in for the CLI's own language host. */
const languageHost = path.join(repository, "automation", "language-host.ts");

/**
 * Makes the folder of the commands that a rehearsal's shell has: `bluegreen`, and the language host where the CLI has none.
 *
 * @returns folders that PATH has to begin with: that one, the CLI's, and that of this very Node
 */
export async function makePrograms(folder: string, pulumi: PulumiCli): Promise<string[]> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await write(path.join(folder, "bluegreen"), entry);
  const cli = await locateCli(pulumi);
  const node = path.dirname(process.execPath);
  if (await hasLanguageHost(cli)) return [folder, path.dirname(cli), node];
  await write(path.join(folder, "pulumi-language-nodejs"), languageHost);
  // The CLI warns of a host that is not beside itself.
  await linkOrCopy(cli, path.join(folder, "pulumi"));
  return [folder, node];
}

async function write(file: string, script: string): Promise<void> {
  await writeFile(file, `#!/bin/sh\nexec ${quoted(process.execPath)} ${quoted(script)} "$@"\n`);
  await chmod(file, 0o755);
}

/** A second name for a file; a copy where the folders are on two file systems. */
async function linkOrCopy(file: string, name: string): Promise<void> {
  await link(file, name).catch(() => copyFile(file, name));
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
