import type { Revocation } from "../../../deployment/revocation.ts";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { TEMPLATES } from "../../../images/build/layers.ts";
import type { BuilderSubnet } from "../../../images/build/builder-network.ts";
import type { BuilderSettings } from "../../../images/build/builder-settings.ts";
import { checkRequest, type Options, type Lookups } from "../../../images/build/request.ts";
import { COMMIT, lower, PARENT } from "./papers.ts";

let out: string;
beforeEach(() => (out = mkdtempSync(path.join(os.tmpdir(), "bluegreen-test-"))));
afterEach(() => rmSync(out, { recursive: true, force: true }));

const proved = {
  State: "available" as const,
  Architecture: "x86_64" as const,
  CreationDate: "2026-11-01T00:00:00.000Z",
  Tags: [{ Key: "GossReport", Value: "sha256:1" }],
};
const settings: BuilderSettings = {
  architecture: "x86_64",
  ssh_interface: "session_manager",
  subnet_id: "subnet-01",
  associate_public_ip_address: false,
  instance_profile: "bluegreen-bake",
  signing_key: "",
  evidence_bucket: "",
};
const subnet: BuilderSubnet = {
  id: "subnet-01",
  cidr: "10.0.0.0/24",
  defaultRoute: { target: "nat-1", active: true },
  endpoints: [],
};
const asked: string[] = [];
const lookups = (
  changes: Partial<Lookups> & { clean?: boolean; parameter?: string; revoked?: Revocation[] } = {},
): Lookups => ({
  settings: () => Promise.resolve(settings),
  subnets: () => Promise.resolve([subnet]),
  bucketFault: (region, bucket) => Promise.resolve(`${bucket} in ${region} has no lock`),
  now: () => new Date("2026-11-21T12:00:00Z"),
  commit: () => Promise.resolve({ commit: COMMIT, clean: changes.clean ?? true }),
  aws: (region) => ({
    image: (id) => (asked.push(`${region} ${id}`), Promise.resolve(proved)),
    parameter: (name) => (asked.push(`${region} ${name}`), Promise.resolve(changes.parameter)),
    revocations: () => Promise.resolve(changes.revoked ?? []),
  }),
  ...changes,
});
beforeEach(() => void asked.splice(0));
const options = (changes: Partial<Options> = {}): Options => ({
  environment: "dev",
  region: "eu-central-1",
  maxParentAge: "45",
  var: [],
  varFile: [],
  out,
  ...changes,
});
const varFiles = [path.join(TEMPLATES, "environments", "dev.pkrvars.hcl")];

it("given the layer base, then no parent is looked up", async () => {
  const request = await checkRequest("base", options({ var: ["kms_key_id=alias/x"] }), {}, lookups());
  const variables = { kms_key_id: "alias/x", region: "eu-central-1", environment: "dev" };
  expect(request).toEqual({ layer: "base", version: undefined, commit: COMMIT, variables, varFiles, settings, out });
  expect(asked).toEqual([]);
});

it("app starts from the manifest's image, once it was seen", async () => {
  writeFileSync(path.join(out, "hardened.json"), JSON.stringify(lower("hardened")));
  const request = await checkRequest("app", options({ version: "v1.2.3" }), {}, lookups());
  expect(request.variables).toEqual({ region: "eu-central-1", environment: "dev", parent_ami: PARENT });
  expect(asked).toEqual([`eu-central-1 ${PARENT}`]);
});

it("app starts from the parameter's image where there is no manifest; the region comes from the environment", async () => {
  const request = await checkRequest(
    "app",
    options({ version: "v1.2.3", region: undefined }),
    { AWS_REGION: "us-east-1", AWS_DEFAULT_REGION: "us-east-2" },
    lookups({ parameter: PARENT }),
  );
  expect(request.variables).toEqual({ region: "us-east-1", environment: "dev", parent_ami: PARENT });
  expect(asked).toEqual(["us-east-1 /bluegreen/images/hardened/latest", `us-east-1 ${PARENT}`]);
});

it("a parent of the last allowed day is taken", async () => {
  const request = await checkRequest("hardened", options({ parent: PARENT, maxParentAge: "20" }), {}, lookups());
  expect(request.variables.parent_ami).toBe(PARENT);
});

it("the subnet that the variables come to is looked at, in the region", async () => {
  const seen: string[] = [];
  const subnets: Lookups["subnets"] = (region, id) => (seen.push(`${region} ${id}`), Promise.resolve([subnet]));
  await checkRequest("base", options(), {}, lookups({ subnets }));
  expect(seen).toEqual(["eu-central-1 subnet-01"]);
});

it("files that are not committed are baked when that is asked for", async () => {
  const request = await checkRequest("base", options({ allowDirty: true }), {}, lookups({ clean: false }));
  expect(request.commit).toBe(COMMIT);
});

const unavailable: Lookups["aws"] = () => ({
  image: () => Promise.resolve({ State: "failed" }),
  parameter: () => Promise.reject(new Error("no credentials")),
  revocations: () => Promise.resolve([]),
});

test.each<["base" | "hardened" | "app", Partial<Options>, Partial<Lookups> & { clean?: boolean }, RegExp]>([
  ["app", { parent: PARENT }, {}, /app needs the --version/],
  ["app", { parent: PARENT, version: "1.2.3" }, {}, /--version is 1\.2\.3; it must be vX\.Y\.Z/],
  ["base", { version: "v1.2.3" }, {}, /--version is for the app layer; base has none/],
  ["base", { parent: PARENT }, {}, /--parent is not for base/],
  ["base", { region: undefined }, {}, /no region: give --region, or set AWS_REGION/],
  ["base", { region: "frankfurt" }, {}, /--region is frankfurt; it looks like eu-central-1/],
  ["base", { environment: "test" }, {}, /--environment is test; there are dev, prod, staging/],
  ["base", { varFile: ["/missing.pkrvars.hcl"] }, {}, /--var-file \/missing\.pkrvars\.hcl: no such file/],
  ["base", { var: ["commit=x"] }, {}, /--var commit: the bake sets it itself/],
  ["base", {}, { clean: false }, /not committed; commit them, or give --allow-dirty/],
  ["base", {}, { commit: () => Promise.reject(new Error("not a git repository")) }, /no commit to name: not a git rep/],
  ["hardened", {}, {}, /hardened needs the image of base/],
  ["hardened", { parent: "ami-1" }, {}, /--parent is "ami-1"/],
  [
    "hardened",
    { parent: PARENT },
    { aws: unavailable },
    /the parent ami-0fed\w+ is failed, not available \(named by --parent\)/,
  ],
  ["hardened", {}, { aws: unavailable }, /the image of base can't be looked up: no credentials/],
  ["hardened", { parent: PARENT, maxParentAge: "19" }, {}, /is 20 days old, more than 19: .* \(named by --parent\)/],
  ["hardened", { parent: PARENT, maxParentAge: "0" }, {}, /--max-parent-age is 0; it must be days/],
  [
    "hardened",
    { parent: PARENT },
    { settings: () => Promise.resolve({ ...settings, architecture: "arm64" }) },
    /is of x86_64, not arm64/,
  ],
  ["base", {}, { settings: () => Promise.reject(new Error("Undefined variable")) }, /\n {2}- Undefined variable$/],
  [
    "base",
    {},
    { subnets: () => Promise.resolve([{ ...subnet, defaultRoute: undefined }]) },
    /^base can't be baked:\n {2}- the builder's subnet subnet-01 has no route out, .*: give a subnet behind a NAT [^\n]*$/,
  ],
  [
    "base",
    {},
    { settings: () => Promise.resolve({ ...settings, evidence_bucket: "proof" }) },
    /^base can't be baked:\n {2}- proof in eu-central-1 has no lock$/,
  ],
  ["base", {}, { subnets: () => Promise.reject(new Error("no rights")) }, /network can't be looked up: no rights/],
])("%s fails with %j", async (layer, changes, answers, message) => {
  await expect(checkRequest(layer, options(changes), {}, lookups(answers))).rejects.toThrow(message);
});

it("fails with all faults in one message", async () => {
  const wrong = options({ version: "1", region: "x", environment: "y", var: ["z"], varFile: ["/missing"] });
  await expect(checkRequest("app", wrong, {}, lookups({ clean: false }))).rejects.toThrow(
    new RegExp(
      [
        "^app can't be baked:",
        "  - --var z.*",
        "  - --version is 1;.*",
        "  - --region is x;.*",
        "  - --environment is y;.*",
        "  - --var-file /missing.*",
        "  - there are files that are not committed.*",
        "  - app needs the image of hardened.*$",
      ].join("\n"),
    ),
  );
});

test.each(["hardened", "app"] as const)(
  "given a parent that is revoked, then %s is not baked, and the reason is told",
  (layer) =>
    expect(
      checkRequest(
        layer,
        options({ parent: PARENT, version: layer === "app" ? "v1.2.3" : undefined }),
        {},
        lookups({ revoked: [{ key: PARENT, reason: "CVE-1", by: "alice@desk" }] }),
      ),
    ).rejects.toThrow(
      /the parent ami-\w+ is revoked \(CVE-1; alice@desk\); bake the layers below anew \(named by --parent\)/,
    ),
);
