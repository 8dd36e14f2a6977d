import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { connect, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DescribeAutoScalingGroupsCommand } from "@aws-sdk/client-auto-scaling";
import { DescribeLoadBalancersCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { awsClients, clientOptions } from "../../aws/clients.ts";
import { proxiesOf } from "../../aws/transport.ts";
import { parseProviderConfig } from "../../aws/provider-keys.ts";
import { certificate, key } from "../packages/app/certificate.ts";

const elbHost = "elasticloadbalancing.eu-central-1.amazonaws.com";
const autoScalingHost = "autoscaling.eu-central-1.amazonaws.com";
const stsHost = "sts.eu-central-1.amazonaws.com";
const role =
  "<R><AssumeRoleResult><Credentials><AccessKeyId>A</AccessKeyId><SecretAccessKey>s</SecretAccessKey>" +
  "<SessionToken>t</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></R>";

let folder: string;
let caFile: string;
let aws: https.Server;
let proxy: http.Server;
let proxyUrl: string;
/** Hosts that the proxy was asked to connect to, and with which authorization. */
let connects: string[];
let authorizations: (string | undefined)[];

const listening = async (server: Server) => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "transport-"));
  caFile = join(folder, "ca.pem");
  writeFileSync(caFile, certificate);
  aws = https.createServer({ key, cert: certificate }, (request, response) => {
    const isSts = request.headers.host === stsHost;
    request
      .resume()
      .on("end", () =>
        response.end(isSts ? role : "<R><DescribeLoadBalancersResult/><DescribeAutoScalingGroupsResult/></R>"),
      );
  });
  const awsPort = await listening(aws);
  // Whatever host is asked for, it ends at the local stand-in for AWS.
  proxy = http.createServer().on("connect", (request, socket) => {
    connects.push(request.url ?? "");
    authorizations.push(request.headers["proxy-authorization"]);
    const upstream = connect(awsPort, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      upstream.pipe(socket).pipe(upstream);
    });
    for (const end of [upstream, socket]) end.on("error", () => [upstream, socket].forEach((one) => one.destroy()));
  });
  proxyUrl = `http://127.0.0.1:${await listening(proxy)}`;
});
afterAll(async () => {
  for (const server of [aws, proxy]) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  rmSync(folder, { recursive: true });
});
beforeEach(() => void ([connects, authorizations] = [[], []]));

const keys = { region: "eu-central-1", accessKey: "AKID", secretKey: "secret", maxRetries: 1 };

async function ask(values: object, env: Record<string, string>) {
  const parsed = parseProviderConfig({ ...keys, ...values });
  if ("fault" in parsed) throw new Error(parsed.fault);
  const { elb, autoScaling } = awsClients(clientOptions(parsed.config, env));
  try {
    await elb.send(new DescribeLoadBalancersCommand({}));
    await autoScaling.send(new DescribeAutoScalingGroupsCommand({}));
  } finally {
    elb.destroy();
    autoScaling.destroy();
  }
}

test("given HTTPS_PROXY, when both services are asked, then each goes through the proxy by a CONNECT", async () => {
  await ask({ insecure: true }, { HTTPS_PROXY: proxyUrl });
  expect(connects).toEqual([`${elbHost}:443`, `${autoScalingHost}:443`]);
});

test("given a proxy and nothing else, then servers are still held to their certificates", async () => {
  await expect(ask({}, { HTTPS_PROXY: proxyUrl })).rejects.toThrow(/self-signed certificate/);
  expect(connects).toEqual([`${elbHost}:443`]);
});

test("given an assumed role, then STS goes through the proxy, too", async () => {
  await ask(
    { insecure: true, assumeRoles: [{ roleArn: "arn:aws:iam::111111111111:role/r" }] },
    { https_proxy: proxyUrl },
  );
  expect(connects).toEqual([`${stsHost}:443`, `${elbHost}:443`, `${autoScalingHost}:443`]);
});

test("given a host in NO_PROXY, then there is no CONNECT for it", async () => {
  const local = `https://localhost:${(aws.address() as AddressInfo).port}`;
  // This machine itself is never reached through a proxy; the other name is excluded, and can't be found without one.
  await expect(
    ask(
      { insecure: true, endpoints: [{ elb: local, autoscaling: "https://autoscaling.invalid" }] },
      {
        HTTPS_PROXY: proxyUrl,
        NO_PROXY: "autoscaling.invalid",
      },
    ),
  ).rejects.toThrow(/(ENOTFOUND|EAI_AGAIN) autoscaling.invalid/);
  expect(connects).toEqual([]);
});

test("the config's proxy, with its user, stands above the environment's", async () => {
  const httpsProxy = proxyUrl.replace("//", "//user:pass%40word@");
  await ask({ insecure: true, httpsProxy }, { HTTPS_PROXY: "http://127.0.0.1:1" });
  expect(connects).toHaveLength(2);
  expect(authorizations[0]).toBe(`Basic ${Buffer.from("user:pass@word").toString("base64")}`);
});

test("given a bundle of certificates, then a server is trusted by it", async () => {
  const local = `https://localhost:${(aws.address() as AddressInfo).port}`;
  const endpoints = [{ elb: local, autoscaling: local }];
  await expect(ask({ endpoints }, {})).rejects.toThrow(/self-signed certificate/);
  await ask({ endpoints }, { AWS_CA_BUNDLE: caFile });
  await ask({ endpoints, customCaBundle: "$WHERE/ca.pem" }, { WHERE: folder });
  await expect(ask({ endpoints }, { AWS_CA_BUNDLE: join(folder, "gone.pem") })).rejects.toThrow(
    /AWS_CA_BUNDLE can't be read: .*gone\.pem.* Correct the path/,
  );
});

test.each<[object, Record<string, string>, object | undefined]>([
  [{}, {}, undefined],
  [{}, { HTTPS_PROXY: "" }, undefined],
  [{}, { HTTP_PROXY: "http://a" }, { http: "http://a", https: undefined, noProxy: "" }],
  // As aws-sdk-go-base does, in its legacy mode: one proxy in the config counts for both.
  [{ httpProxy: "a:3128" }, {}, { http: "http://a:3128", https: "http://a:3128", noProxy: "" }],
  [{ httpProxy: "http://a" }, { HTTPS_PROXY: "http://b" }, { http: "http://a", https: "http://b", noProxy: "" }],
  [{ httpProxy: "http://a", httpsProxy: "" }, {}, { http: "http://a", https: undefined, noProxy: "" }],
  [{ httpsProxy: "http://a", noProxy: "x" }, { NO_PROXY: "y" }, { http: undefined, https: "http://a", noProxy: "x" }],
])("config %j and environment %j give the proxies %j", (config, env, expected) => {
  expect(proxiesOf(config, env)).toEqual(expected);
});

test("fails in one line, without its password, for a proxy that can't be used", () => {
  expect(() => proxiesOf({}, { HTTPS_PROXY: "socks5://user:secret@proxy:1080" })).toThrow(
    "The proxy socks5://proxy:1080 can't be used: name an HTTP proxy, for example http://proxy.example:3128, in HTTPS_PROXY or aws:httpsProxy",
  );
});
