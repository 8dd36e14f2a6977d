import { parsePackerManifest } from "../../../images/build/packer-manifest.ts";
import { AMI, COMMIT, PARENT } from "./papers.ts";

const custom = {
  layer: "app",
  version: "v1.2.3",
  commit: COMMIT,
  environment: "dev",
  parent: PARENT,
  parent_name: "hardened",
};
const build = (changes: object = {}): object => ({
  name: "layer",
  builder_type: "amazon-ebs",
  build_time: 1_795_262_400,
  files: null,
  artifact_id: `eu-central-1:${AMI}`,
  packer_run_uuid: "run",
  custom_data: { ...custom, schema_min: "1" },
  ...changes,
});
const text = (...builds: object[]): string => JSON.stringify({ builds, last_run_uuid: "run" });

it("reads the image of the last run", () => {
  expect(parsePackerManifest(text(build({ packer_run_uuid: "older", artifact_id: "x" }), build()), "app")).toEqual({
    layer: "app",
    version: "v1.2.3",
    commit: COMMIT,
    environment: "dev",
    images: { "eu-central-1": AMI },
    sourceAmi: PARENT,
    sourceAmiName: "hardened",
    buildTime: "2026-11-21T12:00:00.000Z",
  });
});

it("reads the copies in other regions", () => {
  const artifact_id = `eu-central-1:${AMI},us-gov-west-1:${PARENT}`;
  expect(parsePackerManifest(text(build({ artifact_id })), "app").images).toEqual({
    "eu-central-1": AMI,
    "us-gov-west-1": PARENT,
  });
});

test.each([
  ["", /packer's manifest is none/],
  ["{}", /packer's manifest is none/],
  [text(build({ custom_data: { layer: "app" } })), /packer's manifest is none.*version/s],
  [text(), /has 0 builds, not 1/],
  [text(build(), build()), /has 2 builds, not 1/],
  [text(build({ packer_run_uuid: "older" })), /has 0 builds, not 1/],
  [text(build({ artifact_id: "" })), /has the artifact , not region:ami-/],
  [text(build({ artifact_id: `eu-central-1:${AMI},oops` })), /not region:ami-/],
  [text(build({ custom_data: { ...custom, layer: "base" } })), /is of the layer base, not app/],
])("fails with %s", (manifest, message) => {
  expect(() => parsePackerManifest(manifest, "app")).toThrow(message);
});
