import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { build, type OutputFile } from "esbuild";
import schema from "./schema.json" with { type: "json" };
import type { Release } from "./src/release.ts";

const DEFAULT_OUT = path.join(import.meta.dirname, "dist");

/** https://semver.org: MAJOR.MINOR.PATCH and a pre-release part, with the v of a Git tag; build metadata has no order. */
const VERSION =
  /^v(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-(0|[1-9]\d*|\d*[a-zA-Z-][\da-zA-Z-]*)(\.(0|[1-9]\d*|\d*[a-zA-Z-][\da-zA-Z-]*))*)?$/;

/** What a release's folder holds, and nothing else. */
const FILES = ["app.cjs", "app.cjs.map", "release.json"];

/** What a release is made from. */
export interface BuildArgs {
  /** `vX.Y.Z`, with a pre-release part where there is one. */
  version: string;
  /** The Git commit, 40 hexadecimal digits. */
  commit: string;
  /** Folder of the release; default `app/dist`. What an earlier build left there is replaced as a whole. */
  out?: string;
}

/**
 * Builds a release: `app.cjs`, which needs Node and nothing else, its source map, and `release.json`. Throws an error of
 * one line on a version or commit of another form, or a folder that holds something else; nothing half made is left.
 */
export async function buildRelease({ version, commit, out = DEFAULT_OUT }: BuildArgs): Promise<Release> {
  const faults = [
    !VERSION.test(version) && `version is ${JSON.stringify(version)}; it must be vX.Y.Z or vX.Y.Z-pre, such as v1.2.3`,
    !/^[0-9a-f]{40}$/.test(commit) &&
      `commit is ${JSON.stringify(commit)}; it must be 40 hexadecimal digits: git rev-parse HEAD`,
  ].filter((fault) => fault !== false);
  if (faults.length > 0) throw new Error(faults.join("; "));
  await mustBeOurs(out);
  const release: Release = { version, commit, schema };
  await mkdir(path.dirname(out), { recursive: true });
  const temporary = await mkdtemp(`${out}.`);
  try {
    for (const { path: file, contents } of await bundle(release)) {
      await writeFile(path.join(temporary, path.basename(file)), contents);
    }
    await writeFile(path.join(temporary, "release.json"), `${JSON.stringify(release)}\n`);
    await chmod(temporary, 0o755);
    await rm(out, { recursive: true, force: true });
    await rename(temporary, out);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return release;
}

async function mustBeOurs(out: string): Promise<void> {
  if (!existsSync(out)) return;
  const others = (await readdir(out)).filter((name) => !FILES.includes(name));
  if (others.length > 0) {
    throw new Error(`${out} holds more than a release (${others[0]}); name a folder that is empty or not there`);
  }
}

/** As if into the default folder, wherever it goes: paths in the source map then are the same on every machine. */
async function bundle(release: Release): Promise<OutputFile[]> {
  const { outputFiles } = await build({
    entryPoints: [path.join(import.meta.dirname, "src/main.ts")],
    outfile: path.join(DEFAULT_OUT, "app.cjs"),
    write: false,
    bundle: true,
    platform: "node",
    // The oldest Node that the service runs on.
    target: "node22",
    format: "cjs",
    minifySyntax: true,
    minifyWhitespace: true,
    sourcemap: "linked",
    sourcesContent: false,
    // Optional packages of the Redis client and of debug. They go on without them, and what a release holds must not
    // depend on what else is installed where it is built.
    external: ["@node-rs/xxhash", "@opentelemetry/api", "supports-color"],
    // As a text: esbuild repeats an object in every module.
    define: { APP_RELEASE: JSON.stringify(JSON.stringify(release)) },
    logLevel: "silent",
  });
  return outputFiles;
}

async function main(): Promise<void> {
  const options = { version: { type: "string" }, commit: { type: "string" }, out: { type: "string" } } as const;
  const { values } = parseArgs({ options });
  const { version = "", commit = "", out } = values;
  const release = await buildRelease({ version, commit, out: out && path.resolve(process.env.INIT_CWD ?? "", out) });
  console.log(`${release.version} -> ${out ?? path.relative(process.cwd(), DEFAULT_OUT)}`);
}

if (process.argv[1] === import.meta.filename) {
  main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
