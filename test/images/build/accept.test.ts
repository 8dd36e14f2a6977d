import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { accept, type Made } from "../../../images/build/accept.ts";
import { clientOptions } from "../../../images/build/aws.ts";
import { digestOf } from "../../../images/build/report.ts";
import { FakeAws } from "./fake-aws.ts";
import { AMI, COMMIT, manifest, packages, PARENT, report, system } from "./papers.ts";

const SECOND = "ami-0bbbbbbbbbbbbbbbb";

let aws: FakeAws;
let out: string;
let made: Made;
beforeEach(async () => {
  aws = await new FakeAws().start();
  out = mkdtempSync(path.join(os.tmpdir(), "bluegreen-test-"));
  const work = mkdtempSync(path.join(out, "."));
  made = {
    layer: "app",
    version: "v1.2.3",
    schema: { min: 1, max: 1 },
    build: {
      layer: "app",
      version: "v1.2.3",
      commit: COMMIT,
      environment: "dev",
      images: { "eu-central-1": AMI, "us-east-1": SECOND },
      sourceAmi: PARENT,
      sourceAmiName: "bluegreen-hardened",
      buildTime: "2026-11-21T12:00:00.000Z",
    },
    work,
  };
  writeFileSync(path.join(work, "report.json"), report);
  writeFileSync(path.join(work, "system.json"), JSON.stringify(system));
  writeFileSync(path.join(work, "packages.tsv"), packages);
});
afterEach(() => {
  aws.stop();
  rmSync(out, { recursive: true, force: true });
});

const accepted = () =>
  accept(made, out, (region) => clientOptions(region, { endpoint: aws.endpoint, environment: aws.environment }));
const kept = (): string[] => readdirSync(out).filter((name) => !name.startsWith("."));

it("tags the image in every region with its papers' digests and what it is, and keeps the papers", async () => {
  const whole = await accepted();
  const { sbomDigest } = whole;
  expect(whole).toEqual({ ...manifest, images: made.build.images, sbomDigest });
  const tags = `GossReport=${manifest.reportDigest} Packages=${manifest.packagesDigest} Sbom=${sbomDigest} Release=${system.release} Kernel=${system.kernel}`;
  expect(aws.changes).toEqual([`eu-central-1 CreateTags ${AMI} ${tags}`, `us-east-1 CreateTags ${SECOND} ${tags}`]);
  expect(kept()).toEqual([
    "app-v1.2.3.cdx.json",
    "app-v1.2.3.json",
    "app-v1.2.3.packages.tsv",
    "app-v1.2.3.report.json",
  ]);
  const sbom = readFileSync(path.join(out, "app-v1.2.3.cdx.json"));
  expect(digestOf(sbom)).toBe(sbomDigest);
  expect(JSON.parse(sbom.toString())).toMatchObject({ bomFormat: "CycloneDX", specVersion: "1.6" });
});

it.each([
  ["system.json", '{"distro":"amzn"}', /system\.json is none/],
  ["packages.tsv", "", /packages\.tsv names no package/],
  ["packages.tsv", "bash 5.2\n", /packages\.tsv has the line "bash 5\.2"/],
])("fails with a %s that tells nothing (%j), and tags nothing", async (file, text, message) => {
  writeFileSync(path.join(made.work, file), text);
  await expect(accepted()).rejects.toThrow(message);
  expect([aws.changes, kept()]).toEqual([[], []]);
});

const left = `Packer has made ${AMI} in eu-central-1, ${SECOND} in us-east-1, which nothing names now`;

it("fails where a tag is not allowed, says what is left of it, and keeps nothing", async () => {
  aws.denied.add("us-east-1 CreateTags");
  const error = await accepted().catch((fault: Error) => fault);
  expect(error).toBeInstanceOf(Error);
  expect((error as Error).message).toMatch(/^UnauthorizedOperation/);
  expect((error as Error).message).toContain(left);
  expect(kept()).toEqual([]);
});
