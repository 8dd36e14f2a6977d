import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { manifestChecks } from "./check.ts";
import { buildable, generatedFiles, outdated } from "./files.ts";
import { DIGEST, readReleases, RELEASES, type Releases, withRelease } from "./releases.ts";
import { FOLDER, services } from "./services.ts";

const ROOT = path.join(import.meta.dirname, "../..");
const OUT = path.join(ROOT, FOLDER);
/** Manifests that are written by hand. */
const BY_HAND = "packages/app/kubernetes";

const USAGE = `npm run gitops                     writes ${FOLDER} anew
npm run gitops -- check            checks it, and ${BY_HAND}: up to date, kustomize build, schemas, kube-score
npm run gitops -- check FOLDER...  what kustomize makes of these folders alone
npm run gitops -- release SERVICE ENVIRONMENT --version vX.Y.Z --digest sha256:...
                                   a service's image in an environment; commit what it writes
npm run gitops -- gate SERVICE --digest sha256:...
                                   waits for the image's scan in ECR; fails on CRITICAL and HIGH findings`;

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
async function checkAll(): Promise<number> {
  const files = generatedFiles(readReleases());
  const stale = await outdated(files, OUT);
  if (stale.length === 0)
    return check([BY_HAND, ...buildable(files).map((one) => `${FOLDER}/${one}`)].map((one) => path.join(ROOT, one)));
  say(`failed  up to date: ${stale.join(", ")}. Run npm run gitops, and commit what it writes`);
  return 1;
}

/** Checks what kustomize makes of each folder. @returns the exit code */
async function check(folders: readonly string[]): Promise<number> {
  const checks = await manifestChecks(say);
  let failed = 0;
  for (const folder of folders) {
    const name = path.relative(ROOT, folder);
    try {
      const manifests = await checks.render(folder);
      await checks.validate(manifests);
      // A base has no image yet.
      if (path.basename(folder) !== "base") await checks.score(manifests);
      console.log(`ok      ${name}`);
    } catch (error) {
      failed += 1;
      const why = error instanceof Error ? error.message : String(error);
      console.log(`failed  ${name}:\n${why.replace(/^/gm, "          ")}`);
    }
  }
  return failed === 0 ? 0 : 1;
}

async function gate(repository: string, digest: string): Promise<void> {
  if (!services.some(({ name }) => name === repository) || !DIGEST.test(digest)) throw new Error(USAGE);
  // The other commands need no AWS.
  const [{ ECRClient }, { requireSound }] = await Promise.all([
    import("@aws-sdk/client-ecr"),
    import("./registry/gate.ts"),
  ]);
  const counts = await requireSound(new ECRClient(), { repository, digest });
  const others = Object.entries(counts).map(([severity, count]) => `${count} ${severity}`);
  console.log(`${repository}@${digest}: nothing CRITICAL or HIGH${others.length > 0 ? `; ${others.join(", ")}` : ""}`);
}

async function main(): Promise<number> {
  const options = { version: { type: "string" }, digest: { type: "string" } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const [command = "generate", service = "", environment = ""] = positionals;
  const folders = positionals.slice(1).map((folder) => path.resolve(process.env.INIT_CWD ?? "", folder));
  if (command === "generate") await generate(readReleases());
  else if (command === "check") return folders.length > 0 ? check(folders) : checkAll();
  else if (command === "release") {
    const { version = "", digest = "" } = values;
    const releases = withRelease(readReleases(), { service, environment, version, digest });
    await writeFile(RELEASES, `${JSON.stringify(releases, undefined, 2)}\n`);
    await generate(releases);
  } else if (command === "gate") {
    await gate(service, values.digest ?? "");
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
