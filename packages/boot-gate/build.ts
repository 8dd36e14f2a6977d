import { mkdirSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";

/**
 * Bundles the boot gate into `out` (a folder, made where it is missing) as `boot-gate.cjs`, for any Node from 20 on, and
 * gives the file's path. An image has no node_modules.
 */
export async function buildBootGate({ out }: { out: string }): Promise<string> {
  const outfile = path.resolve(out, "boot-gate.cjs");
  mkdirSync(path.dirname(outfile), { recursive: true });
  await build({
    entryPoints: [path.join(import.meta.dirname, "main.ts")],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    // The ES modules first: of them only what is used gets in, which halves the file.
    mainFields: ["module", "main"],
    logLevel: "error",
  });
  return outfile;
}
