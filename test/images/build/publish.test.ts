import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { imageFaults, planOf, publish, usageOf, verify } from "../../../images/build/publish.ts";
import { digestsOf } from "../../../images/build/accept.ts";
import { clientOptions } from "../../../images/build/aws.ts";
import { digestOf } from "../../../images/build/report.ts";
import { FakeAws } from "./fake-aws.ts";
import { AMI, gossReport, lower, manifest, PARENT, report, tags, writePapers } from "./papers.ts";

const digests = digestsOf(manifest);
const tagged = (changes: Record<string, string> = {}) => ({
  Tags: Object.entries({ ...tags, ...changes }).map(([Key, Value]) => ({ Key, Value })),
});

describe("imageFaults", () => {
  const Tags = [
    { Key: "GossReport", Value: digests.report },
    { Key: "Sbom", Value: digests.sbom },
  ];
  test.each([
    [{ State: "available" as const, ...tagged() }, []],
    [undefined, [`${AMI} is not there in eu-central-1`]],
    [{ State: "deregistered" as const, ...tagged() }, [`${AMI} in eu-central-1 is deregistered, not available`]],
    [
      { State: "available" as const, Tags },
      [`${AMI} in eu-central-1 has the tag Packages not at all, not ${digests.packages}`],
    ],
    [
      { State: "available" as const, ...tagged({ GossReport: "x" }) },
      [`${AMI} in eu-central-1 has the tag GossReport x, not ${digests.report}`],
    ],
  ])("of %j", (image, faults) => expect(imageFaults("eu-central-1", AMI, digests, image)).toEqual(faults));
});

describe("planOf", () => {
  const base = lower("base");
  test.each([
    ["a new version is written", manifest, undefined, "write"],
    ["a version that is there is kept", manifest, AMI, "keep"],
    ["a layer that is there is kept", base, PARENT, "keep"],
    ["a layer's newer image takes the place of the older", base, AMI, "write"],
  ])("%s", (_, bake, present, plan) => expect(planOf(bake, "eu-central-1", present)).toBe(plan));

  it("fails with another image of the same version", () => {
    expect(planOf(manifest, "eu-central-1", PARENT)).toEqual({
      fault: `/bluegreen/images/v1.2.3 in eu-central-1 is ${PARENT}, not ${AMI}: a published version keeps its image; bake a new version`,
    });
  });
});

describe("usageOf", () => {
  test.each([
    [manifest, [`pulumi config set greenAmi ${AMI}`]],
    [
      { ...manifest, images: { "eu-central-1": AMI, "us-east-1": PARENT } },
      [
        `pulumi config set greenAmi ${AMI}   # a stack in eu-central-1`,
        `pulumi config set greenAmi ${PARENT}   # a stack in us-east-1`,
      ],
    ],
    [lower("base"), ["npm run bake -- hardened"]],
    [lower("hardened"), ["npm run bake -- app --version vX.Y.Z"]],
  ])("%#", (bake, lines) => expect(usageOf(bake)).toEqual(lines));
});

describe("against AWS", () => {
  let aws: FakeAws;
  let out: string;
  beforeEach(async () => {
    aws = await new FakeAws().start();
    out = mkdtempSync(path.join(os.tmpdir(), "bluegreen-test-"));
    writePapers(out, manifest);
    aws.images.set(`eu-central-1 ${AMI}`, { state: "available", tags });
    aws.images.set(`us-east-1 ${PARENT}`, { state: "available", tags });
  });
  afterEach(() => {
    aws.stop();
    rmSync(out, { recursive: true, force: true });
  });
  const optionsOf = (region: string) => clientOptions(region, { endpoint: aws.endpoint, environment: aws.environment });

  it("writes a version's parameter once, as an image", async () => {
    expect(await publish(manifest, out, optionsOf)).toBe("/bluegreen/images/v1.2.3");
    expect(await publish(manifest, out, optionsOf)).toBe("/bluegreen/images/v1.2.3");
    expect(aws.changes).toEqual([
      `eu-central-1 PutParameter /bluegreen/images/v1.2.3 ${AMI} String aws:ec2:image false`,
    ]);
  });

  it("lets a layer's parameter follow its newest image", async () => {
    writePapers(out, lower("base"));
    aws.parameters.set("eu-central-1 /bluegreen/images/base/latest", PARENT);
    await publish(lower("base", { "eu-central-1": AMI }), out, optionsOf);
    expect(aws.changes).toEqual([
      `eu-central-1 PutParameter /bluegreen/images/base/latest ${AMI} String aws:ec2:image true`,
    ]);
  });

  it("writes nowhere when one region has the version already, of another image", async () => {
    aws.parameters.set("us-east-1 /bluegreen/images/v1.2.3", AMI);
    const both = { ...manifest, images: { "eu-central-1": AMI, "us-east-1": PARENT } };
    await expect(publish(both, out, optionsOf)).rejects.toThrow(
      /^app-v1\.2\.3 can't be published:\n {2}- .*v1\.2\.3 in us-east-1 is ami-0123\w+, not ami-0fed\w+: .*new version$/,
    );
    expect(aws.changes).toEqual([]);
  });

  test.each<[string, () => void, RegExp]>([
    [
      "a report that was changed",
      () => writeFileSync(path.join(out, manifest.report), `${report} `),
      /has the digest sha256:\w+, not sha256:/,
    ],
    [
      "a list of packages that was changed",
      () => writeFileSync(path.join(out, "app-v1.2.3.packages.tsv"), "less\n"),
      /its list of packages .* has the digest sha256:\w+, not sha256:/,
    ],
    [
      "a bill of materials that is gone",
      () => rmSync(path.join(out, "app-v1.2.3.cdx.json")),
      /its bill of materials is gone/,
    ],
    ["a report that is gone", () => rmSync(path.join(out, manifest.report)), /its report is gone/],
    ["an image that is gone", () => aws.images.clear(), /ami-0123456789abcdef0 is not there in eu-central-1/],
    [
      "another tag",
      () => aws.images.set(`eu-central-1 ${AMI}`, { state: "available", tags: {} }),
      /GossReport not at all/,
    ],
  ])("fails with %s, and publishes nothing", async (_, breaks, message) => {
    breaks();
    await expect(verify(manifest, out, optionsOf)).rejects.toThrow(message);
    await expect(publish(manifest, out, optionsOf)).rejects.toThrow(/^app-v1\.2\.3 is not what its manifest says:\n/);
    expect(aws.changes).toEqual([]);
  });

  it("fails with a report that matches its digest and names failures", async () => {
    const failed = gossReport("v1.2.3", [{ failed: "Port: tcp:22: listening" }]);
    writeFileSync(path.join(out, manifest.report), failed);
    const bad = { ...manifest, reportDigest: digestOf(Buffer.from(failed)) };
    await expect(verify(bad, out, optionsOf)).rejects.toThrow("Port: tcp:22: listening");
  });
});
