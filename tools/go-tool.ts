import { mkdir } from "node:fs/promises";
import path from "node:path";
import { cacheDir, made } from "./cache.ts";
import { run, withProgress } from "./run.ts";
import type { Progress } from "./sources.ts";
import { atLeast, type Version, versionIn, written } from "./versions.ts";

/** The oldest Go that knows the `tool` line of the go.mod files. */
const MIN_GO: Version = [1, 24, 0];

/** What to do where a tool is missing that could be built. */
export const INSTALL_GO = `install Go ${written(MIN_GO)} or later (https://go.dev/dl/) so that it can be built`;

/** A program that is built from its Go module. `go/<name>/go.mod` pins its version, go.sum all that it is made of. */
export interface GoTool {
  readonly name: string;
  readonly package: string;
  readonly version: Version;
  /** Linker flags beside those that leave debug information away, for example to set a version. */
  readonly linkerFlags?: string;
  /** How long it takes on 2 cores, as it is said: `about 4 minutes`. */
  readonly takes: string;
}

/** A system and a processor, in Node's words. */
export interface Platform {
  readonly system: string;
  readonly arch: string;
}

/** This machine. */
export const HOST: Platform = { system: process.platform, arch: process.arch };

/** Folder in the cache of one that was built before, or will be: `bin/<name>` in it is the program. */
export function builtFolder(tool: GoTool, { system, arch } = HOST): string {
  return cacheDir(path.join(tool.name, `built-${written(tool.version)}-${system}-${arch}`));
}

/** Path of the program in its folder. */
export function builtProgram(tool: GoTool, platform = HOST): string {
  return path.join(builtFolder(tool, platform), "bin", tool.name);
}

/**
 * Builds the program, if the cache has none yet.
 *
 * @returns its folder
 * @throws Error when PATH has no Go that can, or with what Go said
 */
export async function buildGoTool(tool: GoTool, progress: Progress, platform = HOST): Promise<string> {
  const go = versionIn(await run("go", ["version"]).catch(() => ""));
  if (go === undefined) throw new Error("PATH has no go to build one with");
  if (!atLeast(go, MIN_GO)) throw new Error(`go on PATH is ${written(go)}; ${written(MIN_GO)} or later can build one`);
  const message = `building ${tool.name} ${written(tool.version)} from its Go module: ${tool.takes} on 2 cores, once`;
  return made(builtFolder(tool, platform), async (temporary) => {
    const bin = path.join(temporary, "bin");
    await mkdir(bin);
    const flags = ["-s", "-w", ...(tool.linkerFlags === undefined ? [] : [tool.linkerFlags])].join(" ");
    // -mod=readonly, whatever GOFLAGS says: only what go.sum has is built.
    const args = [
      "build",
      "-mod=readonly",
      "-trimpath",
      "-ldflags",
      flags,
      "-o",
      path.join(bin, tool.name),
      tool.package,
    ];
    const env = { ...process.env, CGO_ENABLED: "0", GOWORK: "off", ...inGoWords(platform) };
    await withProgress(progress, message, () =>
      run("go", args, { cwd: path.join(import.meta.dirname, "go", tool.name), env }),
    );
  });
}

function inGoWords({ system, arch }: Platform): { GOOS: string; GOARCH: string } {
  return { GOOS: system === "win32" ? "windows" : system, GOARCH: arch === "x64" ? "amd64" : arch };
}
