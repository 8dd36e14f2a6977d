import type { Image } from "@aws-sdk/client-ec2";
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
  const Tags = [{ Key: "GossReport", Value: "sha256:1" }];
  const sound = { State: "available", Architecture: "arm64", CreationDate: "2026-10-01T12:00:00.000Z", Tags } as const;
  const terms = (date: string) => ({ architecture: "arm64" as const, maxAgeDays: 45, now: new Date(date) });
  const daysLater = (days: number) => terms(new Date(Date.parse(sound.CreationDate) + days * 86_400_000).toISOString());

  test.each<[string, Image | undefined, RegExp | undefined]>([
    ["a sound image", sound, undefined],
    ["another account's, whose tags can't be seen", { ...sound, Tags: undefined }, undefined],
    ["one without a report", { ...sound, Tags: [{ Key: "Name", Value: "x" }] }, /no tag GossReport: .*; bake hardened/],
    ["one that is not there yet", { ...sound, State: "pending" }, /is pending, not available/],
    ["none", undefined, /is not there, or not shared/],
    [
      "another architecture's",
      { ...sound, Architecture: "x86_64" },
      /is of x86_64, not arm64: bake hardened for arm64/,
    ],
    ["one of an unknown age", { ...sound, CreationDate: undefined }, /is of an unknown age, more than 45: /],
  ])("of %s", (_, image, fault) => {
    const found = parentFault(AMI, "app", image, daysLater(10));
    if (fault === undefined) expect(found).toBeUndefined();
    else expect(found).toMatch(fault);
  });

  it("fails with a parent that is a day too old, and says which layers to bake again", () => {
    expect(parentFault(AMI, "app", sound, daysLater(45.9))).toBeUndefined();
    expect(parentFault(AMI, "app", sound, daysLater(46))).toMatch(
      /is 46 days old, more than 45: .*; bake base and hardened again, or allow it with --max-parent-age$/,
    );
    expect(parentFault(AMI, "hardened", sound, daysLater(46))).toMatch(/; bake base again, or/);
  });
});
