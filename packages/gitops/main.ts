import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { manifestChecks } from "./check.ts";
import { buildable, generatedFiles, outdated } from "./files.ts";
import { readReleases, RELEASES, type Releases, withRelease } from "./releases.ts";
import { FOLDER } from "./services.ts";

const ROOT = path.join(import.meta.dirname, "../..");
const OUT = path.join(ROOT, FOLDER);
/** Manifests that are written by hand. */
const BY_HAND = "packages/app/kubernetes";

const USAGE = `npm run gitops                     writes ${FOLDER} anew
npm run gitops -- check            checks it, and ${BY_HAND}: up to date, kustomize build, schemas, kube-score
npm run gitops -- release SERVICE ENVIRONMENT --version vX.Y.Z --digest sha256:...
                                   a service's image in an environment; commit what it writes`;

const say = (line: string): void => console.error(line);

async function generate(releases: Releases): Promise<void> {
  const files = generatedFiles(releases);
  await rm(OUT, { recursive: true, force: true });
  for (const [file, text] of files) {
    await mkdir(path.dirname(path.join(OUT, file)), { recursive: true });
    await writeFile(path.join(OUT, file), text);
  }
  say(`${files.size} files in ${FOLDER}`);
}

/** @returns the exit code */
async function check(): Promise<number> {
  const files = generatedFiles(readReleases());
  const stale = await outdated(files, OUT);
  if (stale.length > 0) {
    say(`failed  up to date: ${stale.join(", ")}. Run npm run gitops, and commit what it writes`);
    return 1;
  }
  const checks = await manifestChecks(say);
  let failed = 0;
  for (const folder of [BY_HAND, ...buildable(files).map((one) => `${FOLDER}/${one}`)]) {
    try {
      const manifests = await checks.render(path.join(ROOT, folder));
      // A base has no image yet.
      await checks.validate(manifests);
      if (!folder.endsWith("/base")) await checks.score(manifests);
      console.log(`ok      ${folder}`);
    } catch (error) {
      failed += 1;
      console.log(
        `failed  ${folder}:\n${String(error instanceof Error ? error.message : error).replace(/^/gm, "          ")}`,
      );
    }
  }
  return failed === 0 ? 0 : 1;
}

async function main(): Promise<number> {
  const options = { version: { type: "string" }, digest: { type: "string" } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const [command = "generate", service = "", environment = ""] = positionals;
  if (command === "generate") await generate(readReleases());
  else if (command === "check") return check();
  else if (command === "release") {
    const { version = "", digest = "" } = values;
    const releases = withRelease(readReleases(), { service, environment, version, digest });
    await writeFile(RELEASES, `${JSON.stringify(releases, undefined, 2)}\n`);
    await generate(releases);
  } else {
    say(USAGE);
    return 2;
  }
  return 0;
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    say(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  },
);
