import { answerMetadata, type MetadataOf, type MetadataRequest } from "../../../../packages/local-aws/ec2/metadata.ts";

const now = Date.UTC(2026, 0, 1);
const bare: MetadataOf = {
  instanceId: "i-0a",
  imageId: "ami-1",
  instanceType: "t3.small",
  privateIp: "10.0.1.2",
  mac: "02:00:0a:00:01:02",
  region: "eu-central-1",
  availabilityZone: "eu-central-1a",
  accountId: "123456789012",
  launchedAt: new Date(now),
};
const userData = "#!/bin/sh\nBLUEGREEN_COLOR=green\n";
const full: MetadataOf = {
  ...bare,
  userData: Buffer.from(userData).toString("base64"),
  tags: { "aws:autoscaling:groupName": "app-green-group-1", Color: "green", "a=b": "equals" },
  targetLifecycleState: "InService",
  role: {
    name: "green-role",
    instanceProfileArn: "arn:profile",
    instanceProfileId: "AIPA1",
    issued: {
      credentials: { accessKeyId: "ASIA1", secretAccessKey: "secret", sessionToken: "token" },
      issuedAt: new Date(now - 60_000),
      expiration: new Date(now + 6 * 3_600_000 - 60_000),
    },
  },
  publicKey: { name: "packer", openssh: "ssh-ed25519 AAAA packer" },
};

const ttl = (seconds: string) => ({ "x-aws-ec2-metadata-token-ttl-seconds": seconds });
const put = (headers: MetadataRequest["headers"], of = full) =>
  answerMetadata({ method: "PUT", path: "/latest/api/token", headers }, of, now);
const tokenOf = (of: MetadataOf, seconds = "60") => put(ttl(seconds), of).body as string;

/** A GET with a token of this instance. */
const get = (path: string, of = full, method = "GET") => {
  const headers = { "x-aws-ec2-metadata-token": tokenOf(of) };
  const { status, body } = answerMetadata({ method, path, headers }, of, now);
  return { status, body: body.toString() };
};

describe("the token", () => {
  test.each(["1", "60", "21600"])("lives for %s s", (seconds) => {
    const { status, headers, body } = put(ttl(seconds));
    expect([status, headers["x-aws-ec2-metadata-token-ttl-seconds"]]).toEqual([200, seconds]);
    const request = { method: "GET", path: "/latest/meta-data/mac", headers: { "x-aws-ec2-metadata-token": body } };
    const at = (milliseconds: number) => answerMetadata(request as MetadataRequest, full, now + milliseconds).status;
    expect([at(Number(seconds) * 1000 - 1), at(Number(seconds) * 1000)]).toEqual([200, 401]);
  });

  test.each<[string, MetadataRequest["headers"], number]>([
    ["without a life", {}, 400],
    ["with none", ttl("0"), 400],
    ["with one too long", ttl("21601"), 400],
    ["with a negative one", ttl("-1"), 400],
    ["with words", ttl("soon"), 400],
    ["through a proxy", { ...ttl("60"), "x-forwarded-for": "10.0.0.1" }, 403],
  ])("is refused %s", (_, headers, status) => expect(put(headers).status).toBe(status));

  test.each<[string, MetadataRequest["headers"]]>([
    ["none", {}],
    ["an empty one", { "x-aws-ec2-metadata-token": "" }],
    ["an invented one", { "x-aws-ec2-metadata-token": `${now + 1000}.AAAA` }],
    ["one made to last", { "x-aws-ec2-metadata-token": tokenOf(full).replace(/^\d+/, String(now + 999_999_999)) }],
    ["another instance's", { "x-aws-ec2-metadata-token": tokenOf({ ...full, instanceId: "i-0b" }) }],
  ])("%s: nothing is told", (_, headers) => {
    for (const path of ["/", "/latest/meta-data/instance-id", "/latest/user-data", "/nothing"])
      expect(answerMetadata({ method: "GET", path, headers }, full, now).status).toBe(401);
  });
});

test.each([
  ["/latest/meta-data/instance-id", "i-0a"],
  ["/2021-03-23/meta-data/instance-id", "i-0a"],
  ["/2009-04-04/meta-data/instance-id", "i-0a"],
  ["/latest/meta-data/ami-id", "ami-1"],
  ["/latest/meta-data/instance-type", "t3.small"],
  ["/latest/meta-data/local-ipv4", "10.0.1.2"],
  ["/latest/meta-data/hostname", "ip-10-0-1-2.eu-central-1.compute.internal"],
  ["/latest/meta-data/local-hostname", "ip-10-0-1-2.eu-central-1.compute.internal"],
  ["/latest/meta-data/mac", "02:00:0a:00:01:02"],
  ["/latest/meta-data/network/interfaces/macs/", "02:00:0a:00:01:02/"],
  ["/latest/meta-data/network/interfaces/macs/02:00:0a:00:01:02/local-ipv4s", "10.0.1.2"],
  ["/latest/meta-data/placement/", "availability-zone\nregion"],
  ["/latest/meta-data/placement/region", "eu-central-1"],
  ["/latest/meta-data/placement/availability-zone", "eu-central-1a"],
  ["/latest/meta-data/autoscaling/target-lifecycle-state", "InService"],
  ["/latest/meta-data/tags/instance/", "aws:autoscaling:groupName\nColor\na=b"],
  ["/latest/meta-data/tags/instance", "aws:autoscaling:groupName\nColor\na=b"],
  ["/latest/meta-data/tags/instance/aws:autoscaling:groupName", "app-green-group-1"],
  ["/latest/meta-data/tags/instance/aws%3Aautoscaling%3AgroupName", "app-green-group-1"],
  ["/latest/meta-data/tags/instance/a=b", "equals"],
  ["/latest/meta-data/iam/security-credentials/", "green-role"],
  ["/latest/meta-data/public-keys/", "0=packer"],
  ["/latest/meta-data/public-keys/0/", "openssh-key"],
  ["/latest/meta-data/public-keys/0/openssh-key", "ssh-ed25519 AAAA packer"],
  ["/latest/user-data", userData],
  ["/latest/dynamic/instance-identity/", "document"],
  ["/latest/", "dynamic/\nmeta-data/\nuser-data"],
  ["/latest/meta-data/instance-id?x=1", "i-0a"],
])("GET %s", (path, body) => expect(get(path)).toEqual({ status: 200, body }));

test("the root lists the versions that cloud-init looks for", () =>
  expect(get("/").body.split("\n")).toEqual(
    expect.arrayContaining(["latest", "2009-04-04", "2016-09-02", "2018-09-24", "2021-03-23"]),
  ));

test("every list leads to values: a crawler finds its way", () => {
  const crawl = (path: string): string[] =>
    get(path)
      .body.split("\n")
      .flatMap((line) => {
        const child = `${path}${/^\d+=/.test(line) && path.endsWith("/public-keys/") ? `${line.split("=")[0]}/` : line}`;
        return child.endsWith("/") ? crawl(child) : [child];
      });
  const leaves = crawl("/latest/");
  expect(leaves).toHaveLength(26);
  expect(leaves.filter((leaf) => get(leaf).status !== 200 || get(leaf).body === "")).toEqual([]);
});

test("user data is handed out byte by byte", () => {
  const bytes = Buffer.from([0x1f, 0x8b, 0x08, 0xff]);
  const of = { ...full, userData: bytes.toString("base64") };
  const headers = { "x-aws-ec2-metadata-token": tokenOf(of) };
  expect(answerMetadata({ method: "GET", path: "/latest/user-data", headers }, of, now).body).toEqual(bytes);
});

test("the role's credentials are those that the cloud takes", () => {
  const told = JSON.parse(get("/latest/meta-data/iam/security-credentials/green-role").body) as Record<string, string>;
  expect(told).toEqual({
    Code: "Success",
    LastUpdated: "2025-12-31T23:59:00Z",
    Type: "AWS-HMAC",
    AccessKeyId: "ASIA1",
    SecretAccessKey: "secret",
    Token: "token",
    Expiration: "2026-01-01T05:59:00Z",
  });
  expect(JSON.parse(get("/latest/meta-data/iam/info").body)).toEqual({
    Code: "Success",
    LastUpdated: "2026-01-01T00:00:00Z",
    InstanceProfileArn: "arn:profile",
    InstanceProfileId: "AIPA1",
  });
});

test("the identity document", () =>
  expect(JSON.parse(get("/latest/dynamic/instance-identity/document").body)).toMatchObject({
    accountId: "123456789012",
    instanceId: "i-0a",
    imageId: "ami-1",
    instanceType: "t3.small",
    region: "eu-central-1",
    availabilityZone: "eu-central-1a",
    privateIp: "10.0.1.2",
    pendingTime: "2026-01-01T00:00:00Z",
  }));

describe("404", () => {
  test.each([
    ["/latest/user-data", "no user data"],
    ["/latest/meta-data/tags/instance/", "tags that the template doesn't show"],
    ["/latest/meta-data/tags/instance/aws:autoscaling:groupName", "tags that the template doesn't show"],
    ["/latest/meta-data/autoscaling/target-lifecycle-state", "no member of a group"],
    ["/latest/meta-data/iam/security-credentials/", "no role"],
    ["/latest/meta-data/iam/info", "no role"],
    ["/latest/meta-data/public-keys/", "no key pair"],
  ])("GET %s: %s", (path) => {
    expect(get(path).status).toBe(200);
    expect(get(path, bare).status).toBe(404);
  });

  test("what is there without being listed isn't", () => {
    expect(get("/latest/meta-data/", bare).body).not.toMatch(/tags|autoscaling|iam|public-keys/);
    expect(get("/latest/", bare).body).toBe("dynamic/\nmeta-data/");
  });

  test.each([
    "/latest/meta-data/nothing",
    "/latest/meta-data/instance-id/more",
    "/latest/meta-data/constructor",
    "/1999-01-01/meta-data/instance-id",
    "/latest/api/token",
    "/rehearsal/instances",
  ])("GET %s", (path) => expect(get(path).status).toBe(404));
});

test.each<[string, string, number]>([
  ["POST", "/latest/meta-data/instance-id", 405],
  ["PUT", "/latest/meta-data/instance-id", 405],
  ["DELETE", "/latest/api/token", 405],
  ["GET", "/latest/meta-data/%", 400],
])("%s %s is refused", (method, path, status) => expect(get(path, full, method).status).toBe(status));
