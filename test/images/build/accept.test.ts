import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { accept, type Made } from "../../../images/build/accept.ts";
import { clientOptions } from "../../../images/build/aws.ts";
import { FakeAws } from "./fake-aws.ts";
import { AMI, COMMIT, manifest, PARENT, report } from "./papers.ts";

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
    report: path.join(work, "report.json"),
  };
  writeFileSync(made.report, report);
});
afterEach(() => {
  aws.stop();
  rmSync(out, { recursive: true, force: true });
});

const accepted = () =>
  accept(made, out, (region) => clientOptions(region, { endpoint: aws.endpoint, environment: aws.environment }));
const kept = (): string[] => readdirSync(out).filter((name) => !name.startsWith("."));

it("tags the image in every region, and keeps its papers", async () => {
  expect(await accepted()).toEqual({ ...manifest, images: made.build.images });
  expect(aws.changes).toEqual([
    `eu-central-1 CreateTags ${AMI} GossReport ${manifest.reportDigest}`,
    `us-east-1 CreateTags ${SECOND} GossReport ${manifest.reportDigest}`,
  ]);
  expect(kept()).toEqual(["app-v1.2.3.json", "app-v1.2.3.report.json"]);
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
