import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from "@aws-sdk/client-auto-scaling";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { DescribeVpcsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { GetHostedZoneCommand, Route53Client } from "@aws-sdk/client-route-53";
import { Hash } from "@smithy/core/serde";
import { SignatureV4 } from "@smithy/signature-v4";
import { createServer, type Server } from "node:http";
import { once } from "node:events";
import { Readable } from "node:stream";
import { authenticate, type Caller } from "../../../../packages/local-aws/door/signature.ts";
import { type Credentials, Keys } from "../../../../packages/local-aws/door/keys.ts";
import type { Incoming } from "../../../../packages/local-aws/door/claim.ts";
import type { AddressInfo } from "node:net";

// What the SDK's own clients really send, judged as it came; `change` alters it on its way.
const keys = new Keys();
const region = "eu-central-1";
let server: Server;
let endpoint: string;
let change: (request: Incoming) => Incoming;
let now: number | undefined;
let callers: Caller[];

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.once("end", () => {
      const { method = "", url = "", headers } = request;
      const came = change({ method, url, headers, body: Buffer.concat(chunks) });
      authenticate(came, keys, now).then(
        (caller) => {
          if ("status" in caller) return void response.writeHead(caller.status, caller.headers).end(caller.body);
          callers.push(caller);
          const isJson = came.headers["x-amz-target"] !== undefined;
          response.writeHead(200, { "content-type": isJson ? "application/x-amz-json-1.0" : "text/xml" });
          response.end(isJson ? "{}" : "<a/>");
        },
        (error: Error) => response.writeHead(500).end(error.stack),
      );
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});
beforeEach(() => {
  change = (request) => request;
  now = undefined;
  callers = [];
});

const options = (credentials: Credentials = keys.own) => ({ endpoint, region, credentials, maxAttempts: 1 });
const s3 = (credentials?: Credentials) => new S3Client({ ...options(credentials), forcePathStyle: true });
const calls = {
  query: (of?: Credentials) => new AutoScalingClient(options(of)).send(new DescribeAutoScalingGroupsCommand()),
  json: (of?: Credentials) => new DynamoDBClient(options(of)).send(new ListTablesCommand()),
  ec2: (of?: Credentials) => new EC2Client(options(of)).send(new DescribeVpcsCommand()),
  s3: (of?: Credentials) => s3(of).send(new GetObjectCommand({ Bucket: "a", Key: "b" })),
};
type Protocol = keyof typeof calls;
const protocols = Object.keys(calls) as Protocol[];

test.each(protocols)("given the run's own keys, then a request by %s is from them", async (protocol) => {
  await calls[protocol]();
  expect(callers).toMatchObject([{ accessKeyId: keys.own.accessKeyId, region }]);
});

const strange = "a b/+&=ü~'()*!$.txt";
test.each<[string, () => Promise<unknown>]>([
  ["a key of strange letters", () => s3().send(new GetObjectCommand({ Bucket: "a", Key: strange }))],
  ["a query of strange letters", () => s3().send(new ListObjectsV2Command({ Bucket: "a", Prefix: strange }))],
  ["doubled slashes in a key", () => s3().send(new GetObjectCommand({ Bucket: "a", Key: "x//y/../z/" }))],
  ["a body", () => s3().send(new PutObjectCommand({ Bucket: "a", Key: "b", Body: "text é" }))],
  [
    "a stream, whose digest comes behind it",
    () => {
      const Body = Readable.from([Buffer.from("a"), Buffer.from("b")]);
      return s3().send(new PutObjectCommand({ Bucket: "a", Key: "b", Body, ContentLength: 2 }));
    },
  ],
  ["a path of another service", () => new Route53Client(options()).send(new GetHostedZoneCommand({ Id: "Z 1+ü" }))],
])("given %s, then its signature is found right", async (_, call) => {
  await call();
  expect(callers).toHaveLength(1);
});

const refused: [
  string,
  Credentials | undefined,
  ((request: Incoming) => Incoming) | undefined,
  Record<Protocol, string>,
][] = [
  [
    "keys that it never gave out",
    { accessKeyId: "AKIAREHEARSAL", secretAccessKey: "rehearsal" },
    undefined,
    {
      query: "InvalidClientTokenId",
      json: "UnrecognizedClientException",
      ec2: "AuthFailure",
      s3: "InvalidAccessKeyId",
    },
  ],
  [
    "the right key id with a wrong secret",
    { ...keys.own, secretAccessKey: "rehearsal" },
    undefined,
    {
      query: "SignatureDoesNotMatch",
      json: "InvalidSignatureException",
      ec2: "AuthFailure",
      s3: "SignatureDoesNotMatch",
    },
  ],
  [
    "a session token beside lasting keys",
    { ...keys.own, sessionToken: "mine" },
    undefined,
    { query: "InvalidClientTokenId", json: "UnrecognizedClientException", ec2: "AuthFailure", s3: "InvalidToken" },
  ],
  [
    "a host that was not signed",
    undefined,
    (request) => ({ ...request, headers: { ...request.headers, host: "127.0.0.1:1" } }),
    {
      query: "SignatureDoesNotMatch",
      json: "InvalidSignatureException",
      ec2: "AuthFailure",
      s3: "SignatureDoesNotMatch",
    },
  ],
  [
    "another path than the signed one",
    undefined,
    (request) => ({ ...request, url: `${request.url}x` }),
    {
      query: "SignatureDoesNotMatch",
      json: "InvalidSignatureException",
      ec2: "AuthFailure",
      s3: "SignatureDoesNotMatch",
    },
  ],
  [
    "no signature",
    undefined,
    (request) => ({ ...request, headers: { ...request.headers, authorization: undefined } }),
    {
      query: "MissingAuthenticationToken",
      json: "MissingAuthenticationTokenException",
      ec2: "MissingAuthenticationToken",
      s3: "AccessDenied",
    },
  ],
  [
    "half a signature",
    undefined,
    (request) => {
      const authorization = request.headers.authorization?.replace(/, Signature=.*/, "");
      return { ...request, headers: { ...request.headers, authorization } };
    },
    {
      query: "IncompleteSignature",
      json: "IncompleteSignatureException",
      ec2: "IncompleteSignature",
      s3: "AccessDenied",
    },
  ],
];
const each = refused.flatMap(([what, of, alter, names]) =>
  protocols.map((protocol) => [what, protocol, names[protocol], of, alter] as const),
);
test.each(each)("given %s by %s, then AWS's refusal is %s", async (what, protocol, name, of, alter) => {
  change = alter ?? change;
  // Nothing that is not signed says that it wants S3 but its being no form and no JSON.
  const expected = what === "half a signature" && protocol === "s3" ? "AuthorizationHeaderMalformed" : name;
  await expect(calls[protocol](of)).rejects.toMatchObject({ name: expected });
  expect(callers).toEqual([]);
});

test.each<[string, (host: string) => Record<string, string>, boolean]>([
  ["all as it must be", (host) => ({ host }), true],
  ["no signed host", () => ({}), false],
])("given a request of another signer with %s, then it is judged by it", async (_, signedOf, isTaken) => {
  const signer = new SignatureV4({ service: "ec2", region, credentials: keys.own, sha256: Hash.bind(null, "sha256") });
  const { host } = new URL(endpoint);
  const request = { method: "GET", protocol: "http:", hostname: "", path: "/", headers: signedOf(host) };
  const { headers } = await signer.sign(request);
  const caller = await authenticate(
    { method: "GET", url: "/", headers: { ...headers, host }, body: Buffer.from("") },
    keys,
  );
  expect("accessKeyId" in caller).toBe(isTaken);
});

const skew = 5 * 60_000;
test.each<[Protocol, number, string | undefined]>([
  ["query", skew - 2_000, undefined],
  ["query", skew + 2_000, "SignatureDoesNotMatch"],
  ["query", -skew - 2_000, "SignatureDoesNotMatch"],
  ["json", skew + 2_000, "InvalidSignatureException"],
  ["ec2", skew + 2_000, "RequestExpired"],
  ["s3", 3 * skew - 2_000, undefined],
  ["s3", 3 * skew + 2_000, "RequestTimeTooSkewed"],
])("given a request by %s whose clock is off by %i ms, then AWS says %s", async (protocol, off, name) => {
  now = Date.now() + off;
  const sent = calls[protocol]().then(
    () => undefined,
    (error: Error) => error.name,
  );
  expect(await sent).toBe(name);
});

test("given a late request, then it says in AWS's words what time it is", async () => {
  now = Date.now() + skew + 60_000;
  await expect(calls.query()).rejects.toThrow(/^Signature expired: \d{8}T\d{6}Z is now earlier than .* - 5 min\.\)$/);
});

test.each<[Protocol, string]>([
  ["query", "ExpiredToken"],
  ["json", "ExpiredTokenException"],
  ["ec2", "RequestExpired"],
  ["s3", "ExpiredToken"],
])(
  "given temporary credentials, then %s takes them until their end, with their own token alone",
  async (protocol, name) => {
    const fresh = keys.ofRole("i-1", "fleet");
    await calls[protocol](fresh.credentials);
    expect(callers).toMatchObject([{ accessKeyId: fresh.credentials.accessKeyId }]);
    for (const sessionToken of ["other", undefined]) {
      await expect(calls[protocol]({ ...fresh.credentials, sessionToken })).rejects.toThrow();
    }
    now = fresh.expiration.getTime();
    await expect(calls[protocol](fresh.credentials)).rejects.toMatchObject({ name });
  },
);

test("given a role near the end of its credentials, then new ones are made and both hold", () => {
  const at = Date.UTC(2026, 0, 1);
  const first = keys.ofRole("i-2", "fleet", at);
  expect(keys.ofRole("i-2", "fleet", at + 6 * 3_600_000 - 300_001)).toBe(first);
  const second = keys.ofRole("i-2", "fleet", at + 6 * 3_600_000 - 300_000);
  expect(second.credentials.accessKeyId).not.toBe(first.credentials.accessKeyId);
  expect([first, second].map(({ credentials }) => keys.get(credentials.accessKeyId))).toEqual([first, second]);
});

describe("the body", () => {
  const tampered = (request: Incoming): Incoming => ({ ...request, body: Buffer.from("something else") });
  test.each<[string, () => Promise<unknown>]>([
    ["query", calls.query],
    ["json", calls.json],
    ["ec2", calls.ec2],
    ["s3", () => s3().send(new PutObjectCommand({ Bucket: "a", Key: "b", Body: "text" }))],
  ])("fails by %s when it is not the one that was signed", async (_, call) => {
    change = tampered;
    await expect(call()).rejects.toThrow(
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    );
  });

  test("fails where S3 is not told its digest, and where its chunks are signed one by one", async () => {
    const with256 = (value: string | undefined) => (request: Incoming) => ({
      ...request,
      headers: { ...request.headers, "x-amz-content-sha256": value },
    });
    change = with256(undefined);
    await expect(calls.s3()).rejects.toMatchObject({ name: "InvalidRequest" });
    change = with256("STREAMING-AWS4-HMAC-SHA256-PAYLOAD");
    await expect(calls.s3()).rejects.toMatchObject({ name: "NotImplemented" });
    change = with256("UNSIGNED-PAYLOAD");
    await expect(calls.s3()).rejects.toMatchObject({ name: "SignatureDoesNotMatch" });
  });
});

describe("a presigned URL", () => {
  const presigned = async (of: Credentials = keys.own, service = "s3", expiresIn = 60) => {
    const sha256 = Hash.bind(null, "sha256");
    const signer = new SignatureV4({ service, region, credentials: of, sha256, uriEscapePath: service !== "s3" });
    const { host } = new URL(endpoint);
    // As S3's presigner does it.
    const headers = { host, "x-amz-content-sha256": "UNSIGNED-PAYLOAD" };
    const request = {
      method: "GET",
      protocol: "http:",
      hostname: "",
      path: "/a/b%20c",
      headers,
      query: { "x-id": "d e" },
    };
    const { query } = await signer.presign(request, { expiresIn });
    return `${endpoint}/a/b%20c?${new URLSearchParams(query as Record<string, string>).toString().replaceAll("+", "%20")}`;
  };
  const code = async (url: string | URL) => {
    const answer = await fetch(url);
    return answer.status === 200 ? 200 : /<Code>(\w+)</.exec(await answer.text())?.[1];
  };

  test("is taken until its end, with temporary credentials, too", async () => {
    const url = await presigned();
    expect(await code(url)).toBe(200);
    expect(await code(await presigned(keys.ofRole("i-3", "fleet").credentials))).toBe(200);
    expect(callers.map(({ presigned }) => presigned)).toEqual([true, true]);
    now = Date.now() + 61_000;
    expect(await code(url)).toBe("AccessDenied");
  });

  test.each<[string, (url: URL) => void, string]>([
    ["another path", (url) => (url.pathname = "/a/other"), "SignatureDoesNotMatch"],
    ["a longer life", (url) => url.searchParams.set("X-Amz-Expires", "61"), "SignatureDoesNotMatch"],
    ["a life too long", (url) => url.searchParams.set("X-Amz-Expires", "604801"), "AuthorizationQueryParametersError"],
    ["no date", (url) => url.searchParams.delete("X-Amz-Date"), "AuthorizationQueryParametersError"],
    [
      "another key",
      (url) => url.searchParams.set("X-Amz-Credential", "A/20260101/r/s3/aws4_request"),
      "InvalidAccessKeyId",
    ],
    [
      "half a credential",
      (url) => url.searchParams.set("X-Amz-Credential", "A/s3"),
      "AuthorizationQueryParametersError",
    ],
  ])("fails with %s", async (_, alter, expected) => {
    const url = new URL(await presigned());
    alter(url);
    expect(await code(url)).toBe(expected);
  });

  test("fails for another service", async () => {
    expect(await code(await presigned(keys.own, "sts"))).toBe("AuthorizationQueryParametersError");
  });
});
