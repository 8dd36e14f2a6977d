import { parseVariables, variablesOf } from "../../../images/build/variables.ts";
import { COMMIT, PARENT } from "./papers.ts";

const files = {
  manifest: "/w/packer-manifest.json",
  report: "/w/report.json",
  contents: "/w",
  goss: "/goss",
  nodeArchive: "/node.tgz",
  release: "/w/release",
  bootGate: "/w/boot-gate.cjs",
};
const papers = { commit: COMMIT, manifest: files.manifest, report: files.report, contents: files.contents };
const given = { region: "eu-central-1", parent_ami: PARENT };

it("gives base its tools", () => {
  expect(variablesOf({ layer: "base", given, commit: COMMIT, files })).toEqual({
    ...given,
    ...papers,
    goss: "/goss",
    node_archive: "/node.tgz",
  });
});

it("gives hardened nothing but its papers, and the endpoint of another AWS", () => {
  const variables = variablesOf({ layer: "hardened", given, commit: COMMIT, files, endpoint: "http://127.0.0.1:5000" });
  expect(variables).toEqual({ ...given, ...papers, custom_endpoint_ec2: "http://127.0.0.1:5000" });
});

it("gives app its release, which beats what was given", () => {
  const wrong = { ...given, version: "v9.9.9" };
  const schema = { min: 2, max: 3 };
  expect(variablesOf({ layer: "app", given: wrong, commit: COMMIT, version: "v1.2.3", schema, files })).toEqual({
    ...given,
    ...papers,
    version: "v1.2.3",
    release: "/w/release",
    boot_gate: "/w/boot-gate.cjs",
    schema_min: "2",
    schema_max: "3",
  });
});

describe("parseVariables", () => {
  it("takes pairs, of which the last one counts, and whatever stands in a value", () => {
    expect(parseVariables(['ami_users=["1=2"]', "kms_key_id=a", "kms_key_id="])).toEqual({
      variables: { ami_users: '["1=2"]', kms_key_id: "" },
      faults: [],
    });
  });

  test.each([
    ["kms_key_id", "--var kms_key_id: it must be name=value"],
    ["=x", "--var =x: it must be name=value"],
    ["version=v1.2.3", "--var version: the bake sets it itself; use --version"],
    ["parent_ami=ami-1", "--var parent_ami: the bake sets it itself; use --parent"],
    ["region=x", "--var region: the bake sets it itself; use --region"],
    ["report=x", "--var report: the bake sets it itself"],
  ])("refuses %s", (pair, fault) => expect(parseVariables([pair]).faults).toEqual([fault]));
});
