import { type ParentSources, parentFault, parentOf } from "../../../images/build/parent.ts";
import { AMI, lower, PARENT } from "./papers.ts";

const other = "ami-0aaaaaaaaaaaaaaaa";

test.each<[string, ParentSources, string, string]>([
  ["--parent", { given: AMI, manifest: lower("base"), parameter: other }, AMI, "--parent"],
  ["the manifest", { manifest: lower("base"), parameter: other }, PARENT, "the manifest of base"],
  ["the parameter", { parameter: other }, other, "/bluegreen/images/base/latest"],
  [
    "the parameter, where the manifest is of elsewhere",
    { manifest: lower("base", { "us-east-1": PARENT }), parameter: other },
    other,
    "/bluegreen/images/base/latest",
  ],
])("takes the parent from %s", (_, sources, ami, from) => {
  expect(parentOf("hardened", "eu-central-1", sources)).toEqual({ ami, from });
});

test.each<["hardened" | "app", ParentSources, RegExp]>([
  ["hardened", { given: "ami-1" }, /--parent is "ami-1"; it must be ami- and 8 or 17 hex digits/],
  ["hardened", {}, /hardened needs the image of base .*base\/latest \(no manifest of one\); .*npm run bake -- base$/],
  ["app", {}, /app needs the image of hardened .*hardened\/latest .*npm run bake -- hardened$/],
  ["app", { manifest: lower("hardened", { "us-east-1": AMI }) }, /\(its manifest has none for eu-central-1\)/],
])("%s fails with %j", (layer, sources, message) => {
  expect(parentOf(layer, "eu-central-1", sources)).toEqual({ fault: expect.stringMatching(message) as string });
});

describe("parentFault", () => {
  const proof = { Key: "GossReport", Value: "sha256:1" };
  test.each([
    [{ State: "available" as const, Tags: [proof] }, undefined],
    [{ State: "available" as const }, undefined],
    [
      { State: "available" as const, Tags: [{ Key: "Name", Value: "x" }] },
      /has no tag GossReport: .*; bake hardened again/,
    ],
    [{ State: "pending" as const, Tags: [proof] }, /is pending, not available/],
    [undefined, /is not there, or not shared/],
  ])("of %j is %s", (image, fault) => {
    const found = parentFault(AMI, "app", image);
    if (fault === undefined) expect(found).toBeUndefined();
    else expect(found).toMatch(fault);
  });
});
