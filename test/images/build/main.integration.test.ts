import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { text } from "node:stream/consumers";
import { parseManifest } from "../../../images/build/manifest.ts";
import { digestOf } from "../../../images/build/report.ts";
import { builtProgram } from "../../../tools/go-tool.ts";
import { TOOL as goss } from "../../../tools/goss.ts";
import { FakeTools } from "../../tools/fake-path.ts";
import { FakeAws } from "./fake-aws.ts";
import { AMI, COMMIT, gossReport, PARENT, report } from "./papers.ts";

// Each test runs the command as a process of its own.
jest.setTimeout(60_000);

const SECOND = "ami-0bbbbbbbbbbbbbbbb";
const VULNERABILITY = JSON.stringify({
  VulnerabilityID: "CVE-2026-1",
  PkgName: "bash",
  InstalledVersion: "5.2",
  FixedVersion: "5.3",
  Severity: "HIGH",
});

let tools: FakeTools;
let aws: FakeAws;
let out: string;
beforeEach(async () => {
  aws = await new FakeAws().start();
  aws.images.set(`eu-central-1 ${PARENT}`, { state: "available", tags: { GossReport: "sha256:1" } });
  aws.defaultRoutes.set("eu-central-1 subnet-01234567", "nat-01234567");
  tools = new FakeTools();
  out = path.join(tools.root, "images");
  tools.add("bin/packer", `exec ${process.execPath} ${path.join(import.meta.dirname, "fake-packer.mjs")} "$@"`);
  tools.add("bin/session-manager-plugin", "echo 1.2.0");
  tools.add("bin/git", `case "$*" in *rev-parse*) echo ${COMMIT} ;; *status*) ;; *) exit 1 ;; esac`);
  tools.add(path.relative(tools.root, builtProgram(goss)), "");
});
afterEach(() => {
  aws.stop();
  tools.remove();
});

function start(args: readonly string[], environment: NodeJS.ProcessEnv = {}): ChildProcessWithoutNullStreams {
  const entry = path.resolve(import.meta.dirname, "../../../images/build/main.ts");
  const env = { ...process.env, ...aws.environment, FAKE_REPORT: report, AWS_REGION: "eu-central-1", ...environment };
  return spawn(process.execPath, [entry, ...args, "--out", out], { env });
}

async function bake(args: readonly string[], environment?: NodeJS.ProcessEnv) {
  const child = start(args, environment);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close") as Promise<[number]>,
  ]);
  return { stdout, stderr, code };
}

const app = ["app", "--version", "v1.2.3", "--parent", PARENT];
/** Needs no release, whose build takes long. */
const hardened = ["hardened", "--parent", PARENT];
const files = (): string[] => readdirSync(out).sort();

it("bakes an image, keeps its papers, tags it in every region, and publishes it", async () => {
  const baked = await bake(app);
  expect(baked).toMatchObject({ code: 0, stderr: "" });
  expect(baked.stdout).toContain(`{"version":"v1.2.3","commit":"${COMMIT}","schema":{"min":1,"max":1}}`);
  expect(baked.stdout).toContain("npm run bake -- publish v1.2.3");
  const papers = ["cdx.json", "json", "log", "packages.tsv", "report.json"];
  expect(files()).toEqual(papers.map((name) => `app-v1.2.3.${name}`));
  const manifest = parseManifest(readFileSync(path.join(out, "app-v1.2.3.json"), "utf8"), "it");
  expect(manifest.images).toEqual({ "eu-central-1": AMI, "us-east-1": SECOND });
  expect(manifest).toMatchObject({ layer: "app", version: "v1.2.3", sourceAmi: PARENT, environment: "dev" });
  expect(manifest.reportDigest).toBe(digestOf(readFileSync(path.join(out, manifest.report))));
  const { reportDigest, packagesDigest, sbomDigest } = manifest;
  const digests = `GossReport=${reportDigest} Packages=${packagesDigest} Sbom=${sbomDigest} Release=2023.9 Kernel=6.1.155`;
  expect(aws.changes).toEqual([
    `eu-central-1 CreateTags ${AMI} ${digests}`,
    `us-east-1 CreateTags ${SECOND} ${digests}`,
  ]);
  expect(readFileSync(path.join(out, "app-v1.2.3.cdx.json"), "utf8")).toContain("pkg:npm/express@");

  const tags = { GossReport: reportDigest, Packages: packagesDigest, Sbom: sbomDigest };
  for (const image of [`eu-central-1 ${AMI}`, `us-east-1 ${SECOND}`])
    aws.images.set(image, { state: "available", tags });
  const verified = await bake(["verify", "v1.2.3"]);
  expect(verified).toMatchObject({ code: 0, stderr: "" });
  expect(verified.stdout).toMatch(/papers and images agree, sha256:\w+\nIt is not signed\.\n$/);

  tools.add("bin/trivy", `echo '{"Results":[{"Vulnerabilities":[${VULNERABILITY}]}]}'`);
  const refused = await bake(["publish", "v1.2.3"]);
  expect(refused.stderr).toBe(
    "app-v1.2.3 has known vulnerabilities, and is not published:\n  - HIGH CVE-2026-1 in bash 5.2, mended in 5.3\n",
  );
  expect([refused.code, aws.parameters.size]).toEqual([1, 0]);

  tools.add("bin/trivy", "echo '{}'");
  const published = await bake(["publish", "v1.2.3"]);
  expect(published.stdout).toContain("trivy knows of nothing CRITICAL or HIGH\n");
  expect(published.stdout).toContain(`pulumi config set greenAmi ${AMI}   # a stack in eu-central-1\n`);
  expect(aws.parameters.get("us-east-1 /bluegreen/images/v1.2.3")).toBe(SECOND);
});

test.each<[string, string[], NodeJS.ProcessEnv, RegExp]>([
  [
    "a spec that fails, in Goss's words",
    hardened,
    { FAKE_PACKER: "failed-spec", FAKE_REPORT: gossReport(undefined, [{ failed: "Port: tcp:22: listening" }]) },
    /^A spec failed, so there is no image:\n {2}- Port: tcp:22: listening\n {2}The whole output: .*hardened\.log\n$/,
  ],
  [
    "packer's last lines",
    hardened,
    { FAKE_PACKER: "no-way-in" },
    /^packer ended with exit code 2:\n.*Launching.*\n.*Timeout waiting/,
  ],
  [
    "a report of another version, and the images that are left",
    app,
    { FAKE_REPORT: gossReport("v1.2.4") },
    /not of v1\.2\.3[^]*has made ami-0123456789abcdef0 in eu-central-1, ami-0b+ in us-east-1, which nothing names now/,
  ],
])("fails with %s, and keeps nothing but the log", async (_, args, environment, message) => {
  const { stderr, code } = await bake(args, environment);
  expect(stderr).toMatch(message);
  expect(code).toBe(1);
  expect(files()).toEqual([args === app ? "app-v1.2.3.log" : "hardened.log"]);
  expect(aws.changes).toEqual([]);
});

it("Ctrl-C lets packer end its instance, and keeps nothing but the log", async () => {
  const child = start(hardened, { FAKE_PACKER: "hangs" });
  let said = "";
  child.stdout.on("data", (data: Buffer) => {
    if (!said.includes("Launching") && (said + data.toString()).includes("Launching")) child.kill("SIGINT");
    said += data.toString();
  });
  const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, "close") as Promise<[number]>]);
  expect(said).toContain("==> Terminating the source AWS instance...");
  expect(stderr).toContain("packer was interrupted and has cleaned up; there is no image");
  expect(code).toBe(1);
  expect(files()).toEqual(["hardened.log"]);
});

it("a reader that goes away with Ctrl-C leaves packer the time to end its instance", async () => {
  const child = start(hardened, { FAKE_PACKER: "hangs" });
  child.stderr.destroy();
  await new Promise<void>((resolve) => {
    let said = "";
    child.stdout.on("data", (data: Buffer) => {
      said += data.toString();
      if (said.includes("Launching")) resolve();
    });
  });
  // As `bake | tee log` in a terminal: Ctrl-C ends both, and nobody reads any more.
  child.stdout.destroy();
  child.kill("SIGINT");
  const [code] = (await once(child, "close")) as [number];
  expect(code).toBe(1);
  expect(readFileSync(path.join(out, "hardened.log"), "utf8")).toContain("==> Terminating the source AWS instance...");
});

it("a log that can't be written costs the log alone", async () => {
  mkdirSync(out);
  symlinkSync("/dev/full", path.join(out, "hardened.log"));
  const { stdout, code } = await bake(hardened);
  expect(code).toBe(0);
  expect(stdout).toContain("the log ends early: ENOSPC");
  expect(stdout).toContain("npm run bake -- publish hardened");
});

it("fails without packer before anything else, and with every other tool that is missing, before anything is made", async () => {
  tools.hideSystem();
  tools.add("bin/session-manager-plugin", "exit 1");
  const without = await bake(app);
  expect(without.stderr).toMatch(/^A tool is missing:\n {2}- PATH has no session-manager-plugin[^\n]*\n$/);
  tools.add("bin/packer", "exit 1");
  const { stderr, code } = await bake(app);
  expect(stderr).toMatch(/^app can't be baked:\n {2}- No packer of version 1\.11[^]*\n {6}- PATH has no go/);
  expect([code, without.code]).toEqual([1, 1]);
  expect(aws.changes).toEqual([]);
});

it("fails in one line where the builder's subnet leads nowhere, before anything is made", async () => {
  aws.defaultRoutes.set("eu-central-1 subnet-01234567", "igw-01234567");
  const { stderr, code } = await bake(hardened);
  expect(stderr).toMatch(
    /^hardened can't be baked:\n {2}- the builder's subnet subnet-01234567 leads out by igw-01234567, which serves public [^\n]*\n$/,
  );
  expect([code, aws.changes]).toEqual([1, []]);
});

test.each([
  [["app"], /app can't be baked:[^]*--version[^]*app needs the image of hardened/],
  [["publish", "v9.9.9"], /has no manifest of v9\.9\.9: bake it first/],
  [["verify", "app"], /app is neither base nor hardened nor a version/],
])("fails with %j", async (args, message) => {
  mkdirSync(out);
  writeFileSync(path.join(out, "kept"), "");
  const { stderr, code } = await bake(args);
  expect(stderr).toMatch(message);
  expect(code).toBe(1);
  expect(files()).toEqual(["kept"]);
});
