import { mkdir } from "node:fs/promises";
import path from "node:path";
import { PulumiCommand } from "@pulumi/pulumi/automation";
import { version as SDK_VERSION } from "@pulumi/pulumi/package.json";
import { cacheDir, made } from "./cache";
import { run, withProgress } from "./run";
import { atLeast, type Version, versionIn, written } from "./versions";

/** Before it, an update after an init error skipped `ignoreChanges` (also `requiredPulumiVersion` in Pulumi.yaml). */
export const MIN_VERSION: Version = [3, 214, 0];
/** The CLI that is built from Go modules; go.mod beside this file pins the same. */
export const BUILT_VERSION: Version = [3, 250, 0];
/** The oldest Go that knows the `tool` line of that go.mod. */
export const MIN_GO: Version = [1, 24, 0];

const MODULE = "github.com/pulumi/pulumi";
/** Where the SDK's `PulumiCommand.install` gets the official CLI. */
const DOWNLOADS = "https://get.pulumi.com/install.sh";

type Progress = (message: string) => void;
/** One way to a CLI; it rejects with the reason why it is none. */
export type Source = (progress: Progress) => Promise<PulumiCommand>;

/**
 * Finds a `pulumi` CLI of at least `MIN_VERSION`: on PATH, in the cache, by the official download, or built from the Go
 * modules. Nothing is installed outside the cache.
 */
export async function findPulumi(
  progress: Progress,
  sources: readonly Source[] = [onPath, cached, downloaded, built],
): Promise<PulumiCommand> {
  const reasons: string[] = [];
  for (const source of sources) {
    try {
      return await source(progress);
    } catch (error) {
      reasons.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new Error(
    [
      `No pulumi CLI of version ${written(MIN_VERSION)} or later was found, and none could be made:`,
      ...reasons.map((reason) => `  - ${reason}`),
      "Install it (https://www.pulumi.com/docs/iac/download-install/), or install Go " +
        `${written(MIN_GO)} or later (https://go.dev/dl/) so that it can be built, and run this again.`,
    ].join("\n"),
  );
}

/** The CLI on PATH. */
export const onPath: Source = async () => {
  const found = await PulumiCommand.get({ skipVersionCheck: true }).catch(() => undefined);
  if (found === undefined) throw new Error("PATH has no pulumi");
  return recent(found, "pulumi on PATH");
};

/** One that was downloaded or built before. */
export const cached: Source = async () => {
  for (const root of [rootOf("downloaded", SDK_VERSION), rootOf("built", written(BUILT_VERSION))]) {
    const found = await PulumiCommand.get({ root, skipVersionCheck: true }).catch(() => undefined);
    if (found !== undefined) return recent(found, root);
  }
  throw new Error(`the cache (${cacheDir("pulumi")}) has none`);
};

/** The official CLI in the SDK's own version. */
export const downloaded: Source = async (progress) => {
  await fetch(DOWNLOADS, { method: "HEAD", signal: AbortSignal.timeout(20_000) }).catch(() => {
    throw new Error(`${new URL(DOWNLOADS).host} cannot be reached, so there is no official download`);
  });
  const message = `downloading the pulumi CLI ${SDK_VERSION}, once`;
  const root = await made(rootOf("downloaded", SDK_VERSION), (temporary) =>
    withProgress(progress, message, async () => void (await PulumiCommand.install({ root: temporary }))),
  );
  return PulumiCommand.get({ root });
};

/** One built from the Go modules. */
export const built: Source = async (progress) => {
  const go = versionIn(await run("go", ["version"]).catch(() => ""));
  if (go === undefined) throw new Error("PATH has no go to build one with");
  if (!atLeast(go, MIN_GO)) throw new Error(`go on PATH is ${written(go)}; ${written(MIN_GO)} or later can build one`);
  const version = written(BUILT_VERSION);
  const message = `building the pulumi CLI ${version} from its Go modules: about 4 minutes on 2 cores, once`;
  const root = await made(rootOf("built", version), async (temporary) => {
    const bin = path.join(temporary, "bin");
    await mkdir(bin);
    const flags = `-s -w -X ${MODULE}/sdk/v3/go/common/version.Version=${version}`;
    const args = [
      "build",
      "-trimpath",
      "-ldflags",
      flags,
      "-o",
      path.join(bin, "pulumi"),
      `${MODULE}/pkg/v3/cmd/pulumi`,
    ];
    const env = { ...process.env, CGO_ENABLED: "0", GOWORK: "off" };
    await withProgress(progress, message, () => run("go", args, { cwd: __dirname, env }));
  });
  return recent(await PulumiCommand.get({ root, skipVersionCheck: true }), root);
};

function recent(command: PulumiCommand, where: string): PulumiCommand {
  const version = command.version === null ? undefined : versionIn(command.version.version);
  if (version !== undefined && atLeast(version, MIN_VERSION)) return command;
  throw new Error(
    `${where} is ${command.version?.version ?? "of an unknown version"}; it must be ${written(MIN_VERSION)} or later`,
  );
}

function rootOf(kind: "downloaded" | "built", version: string): string {
  return cacheDir(path.join("pulumi", `${kind}-${version}-${process.platform}-${process.arch}`));
}
