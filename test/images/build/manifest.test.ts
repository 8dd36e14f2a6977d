import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { bakeName, isVersion } from "../../../images/build/layers.ts";
import { parameterOf, parseManifest, readManifest } from "../../../images/build/manifest.ts";
import { AMI, lower, manifest } from "./papers.ts";

let out: string;
beforeEach(() => (out = mkdtempSync(path.join(os.tmpdir(), "bluegreen-test-"))));
afterEach(() => rmSync(out, { recursive: true, force: true }));
const keep = (name: string, value: object): void => writeFileSync(path.join(out, name), JSON.stringify(value));

test.each([
  ["v1.2.3", true],
  ["v0.0.0-rc.1", true],
  ["1.2.3", false],
  ["v1.2", false],
  ["v01.2.3", false],
  ["v1.2.3-01", false],
  ["v1.2.3+build", false],
  ["v1.2.3-", false],
  ["v1.2.3 ", false],
  ["latest", false],
])("%s is a version: %s", (text, expected) => expect(isVersion(text)).toBe(expected));

it("keeps each version of the app, and one of each layer below", async () => {
  keep("app-v1.2.3.json", manifest);
  keep("base.json", lower("base"));
  expect(await readManifest(out, "app", "v1.2.3")).toEqual(manifest);
  expect(await readManifest(out, "app", "v1.2.4")).toBeUndefined();
  expect((await readManifest(out, "base"))?.layer).toBe("base");
  expect(await readManifest(out, "hardened")).toBeUndefined();
});

it("fails with a manifest of another bake", async () => {
  keep("app-v1.2.4.json", manifest);
  keep("hardened.json", lower("base"));
  await expect(readManifest(out, "app", "v1.2.4")).rejects.toThrow(/is of app-v1\.2\.3: bake app-v1\.2\.4 again/);
  await expect(readManifest(out, "hardened")).rejects.toThrow(/is of base: bake hardened again/);
});

test.each<[string, string]>([
  ["not JSON", "{"],
  ["a wrong digest", JSON.stringify({ ...manifest, reportDigest: "sha256:1" })],
  ["no image", JSON.stringify({ ...manifest, images: {} })],
  ["a wrong image", JSON.stringify({ ...manifest, images: { "eu-central-1": "ami-1" } })],
  ["a report elsewhere", JSON.stringify({ ...manifest, report: "../report.json" })],
  ["an unknown key", JSON.stringify({ ...manifest, extra: AMI })],
])("fails with %s", (_, text) => {
  expect(() => parseManifest(text, "app.json")).toThrow(
    /^app\.json is no manifest of an image \([^]+\): bake it again$/,
  );
});

test.each([
  [manifest, "app-v1.2.3", "/bluegreen/images/v1.2.3"],
  [lower("hardened"), "hardened", "/bluegreen/images/hardened/latest"],
])("%# has its names", (bake, name, parameter) => {
  expect(bakeName(bake.layer, bake.version)).toBe(name);
  expect(parameterOf(bake)).toBe(parameter);
});
