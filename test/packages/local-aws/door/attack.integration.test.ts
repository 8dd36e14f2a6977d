import {
  CreateLaunchTemplateCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeInstancesCommand,
  EC2Client,
  RunInstancesCommand,
} from "@aws-sdk/client-ec2";
import {
  AddRoleToInstanceProfileCommand,
  AttachRolePolicyCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  IAMClient,
} from "@aws-sdk/client-iam";
import { SendCommandCommand, SSMClient } from "@aws-sdk/client-ssm";
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { request, type IncomingMessage, type OutgoingHttpHeaders } from "node:http";
import { once } from "node:events";
import os from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { controlService, signedHeaders } from "../../../../packages/local-aws/door/sign.ts";
import { type LocalAws, startLocalAws } from "../../../../packages/local-aws/start.ts";
import { registerImages } from "../../../../rehearsal/images/catalog.ts";
import { findMoto } from "../../../../tools/moto.ts";
import { eventually } from "../eventually.ts";

// A web page against the local cloud, while an instance runs: all that a browser can send on the page's behalf.
const region = "eu-central-1";
const folder = mkdtempSync(path.join(os.tmpdir(), "bluegreen-test-"));
let local: LocalAws;
let ec2: EC2Client;
let ssm: SSMClient;
let id: string;

beforeAll(async () => {
  process.env.AWS_PROFILE = "a-real-account";
  process.env.AWS_SECRET_ACCESS_KEY = "of-a-real-account";
  const motoPython = await findMoto(() => undefined);
  local = await startLocalAws({ motoPython, region, timeScale: 100, log: path.join(folder, "cloud.log") });
  delete process.env.AWS_PROFILE;
  delete process.env.AWS_SECRET_ACCESS_KEY;
  ec2 = new EC2Client({ ...local.client, maxAttempts: 1 });
  ssm = new SSMClient({ ...local.client, maxAttempts: 1 });
  const iam = new IAMClient(local.client);
  const RoleName = "fleet";
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: "{}" }));
  const PolicyArn = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore";
  await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
  await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: RoleName }));
  await iam.send(new AddRoleToInstanceProfileCommand({ RoleName, InstanceProfileName: RoleName }));
  iam.destroy();
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.79.0.0/16" }));
  const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: Vpc?.VpcId, CidrBlock: "10.79.0.0/24" }));
  const group = await ec2.send(
    new CreateSecurityGroupCommand({ GroupName: RoleName, Description: RoleName, VpcId: Vpc?.VpcId }),
  );
  const Groups = [group.GroupId ?? ""];
  const images = await registerImages(local.client);
  const { LaunchTemplate } = await ec2.send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: RoleName,
      LaunchTemplateData: {
        ImageId: images["good-v1"],
        InstanceType: "t3.small",
        IamInstanceProfile: { Name: RoleName },
        NetworkInterfaces: [{ DeviceIndex: 0, Groups, AssociatePublicIpAddress: false }],
        UserData: Buffer.from("BLUEGREEN_COLOR=green\n").toString("base64"),
      },
    }),
  );
  const { Instances } = await ec2.send(
    new RunInstancesCommand({
      LaunchTemplate: { LaunchTemplateId: LaunchTemplate?.LaunchTemplateId },
      MinCount: 1,
      MaxCount: 1,
      NetworkInterfaces: [{ DeviceIndex: 0, SubnetId: Subnet?.SubnetId, Groups }],
    }),
  );
  id = Instances?.[0]?.InstanceId ?? "";
}, 120_000);

afterAll(async () => {
  ec2?.destroy();
  ssm?.destroy();
  await local?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Sends just these headers, and `Host` as the endpoint has it unless they name another. */
async function send(method: string, url: string, headers: OutgoingHttpHeaders, body = "") {
  const asking = request(new URL(url, local.client.endpoint), { method, headers, agent: false });
  asking.end(body);
  const [answer] = (await once(asking, "response")) as [IncomingMessage];
  return { status: answer.statusCode, headers: answer.headers, body: await text(answer) };
}

const file = path.join(folder, "written-by-a-page");
const forged = (service: string) =>
  `AWS4-HMAC-SHA256 Credential=rehearsal/20261127/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`;
const page = { origin: "https://attacker.example", "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors" };
const rebound = { host: "attacker.example:4566", "sec-fetch-site": "same-origin" };
const form = { "content-type": "application/x-www-form-urlencoded" };
const json = { "content-type": "application/x-amz-json-1.1" };
const list = "Action=DescribeInstances&Version=2016-11-15";
const command = () =>
  JSON.stringify({
    DocumentName: "AWS-RunShellScript",
    InstanceIds: [id],
    Parameters: { commands: [`touch ${file}`] },
  });

type Attack = [string, () => Promise<{ status?: number; headers: Record<string, unknown>; body: string }>];
const signed = (service: string) => ({ authorization: forged(service), "x-amz-date": "20261127T120000Z" });
const sendCommand = { ...json, "x-amz-target": "AmazonSSM.SendCommand" };
const attacks: Attack[] = [
  [
    "a page asks by preflight",
    () =>
      send("OPTIONS", "/", {
        ...page,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,x-amz-date,x-amz-target",
      }),
  ],
  ["a page lists instances", () => send("POST", "/", { ...page, ...form, ...signed("ec2") }, list)],
  ["a page lists instances without a preflight", () => send("POST", "/", { ...page, ...form }, list)],
  ["a page sends a Run Command", () => send("POST", "/", { ...page, ...sendCommand, ...signed("ssm") }, command())],
  [
    "a page sends a Run Command from a sandboxed frame",
    () => send("POST", "/", { ...sendCommand, ...signed("ssm"), origin: "null" }, command()),
  ],
  [
    "a page sends a Run Command by a name that it let point here",
    () => send("POST", "/", { ...rebound, ...sendCommand, ...signed("ssm") }, command()),
  ],
  [
    "a page lists instances by such a name, as an old browser",
    () => send("POST", "/", { host: rebound.host, ...form, ...signed("ec2") }, list),
  ],
  ["a page reads the state", () => send("GET", "/rehearsal/state", page)],
  ["a page reads the state by such a name", () => send("GET", "/rehearsal/state", rebound)],
  ["a page reads the state as an image", () => send("GET", "/rehearsal/state", { "sec-fetch-site": "cross-site" })],
  ["a page kills an instance", () => send("POST", `/rehearsal/instances/${id}/kill`, { ...page, ...form })],
  ["a page lets AWS fail", () => send("POST", "/rehearsal/faults/unreachable/100", { ...page, ...form })],
  ["a page resets moto", () => send("POST", "/moto-api/reset", { ...page, ...form })],
  // What is no page's, but isn't signed either.
  ["another program forges a signature", () => send("POST", "/", { ...sendCommand, ...signed("ssm") }, command())],
  ["another program signs nothing", () => send("POST", "/", { ...form }, list)],
  ["another program asks at the control paths", () => send("POST", `/rehearsal/instances/${id}/kill`, {})],
  ["another program asks at moto's own paths", () => send("POST", "/moto-api/reset", {})],
];

test.each(attacks)("given a running instance, when %s, then it gets nothing", async (_, attack) => {
  const { status, headers, body } = await attack();
  expect([400, 403, 401]).toContain(status);
  expect(body).not.toContain(id);
  expect(Object.keys(headers).filter((name) => name.startsWith("access-control-"))).toEqual([]);
});

test.each<[string, Record<string, string>]>([
  ["Origin", { origin: "https://attacker.example" }],
  ["Origin of no page that has a name", { origin: "null" }],
  ["Sec-Fetch-Site of another site", { "sec-fetch-site": "cross-site" }],
  ["Sec-Fetch-Site of the same origin", { "sec-fetch-site": "same-origin" }],
  ["a Host of its own", { host: "attacker.example" }],
  ["a Host that looks alike", { host: "127.0.0.1" }],
])("given a request that is signed well, when a browser adds %s, then it is refused", async (_, added) => {
  const { endpoint, region, credentials } = local.client;
  const url = new URL("/rehearsal/state", endpoint);
  const host = added.host ?? url.host;
  const place = { region, service: controlService, credentials };
  const headers = await signedHeaders("GET", new URL(`http://${host}${url.pathname}`), place);
  expect(await send("GET", url.pathname, { ...headers, host, ...added })).toMatchObject({ status: 403 });
});

test("given all of these attacks, then nothing has changed; the same command runs when it is signed", async () => {
  const { instances } = await local.state();
  expect(instances.map(({ id, state }) => [id, state])).toEqual([[id, "running"]]);
  const { Reservations } = await ec2.send(new DescribeInstancesCommand());
  expect(Reservations).toHaveLength(1);
  expect(existsSync(file)).toBe(false);
  await ssm.send(new SendCommandCommand(JSON.parse(command()) as never));
  await eventually(() => existsSync(file));
});

test("given moto and the service models, then they listen on no port, and have nothing of the caller's AWS", () => {
  const children = (pid: number): number[] => {
    const file = `/proc/${pid}/task/${pid}/children`;
    return readFileSync(file, "utf8").split(" ").filter(Boolean).map(Number);
  };
  const own = children(local.pid);
  const programs = own.filter((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("python"));
  expect(programs).toHaveLength(2);
  const told = [local.pid, ...own].map((pid) => readFileSync(`/proc/${pid}/environ`, "utf8"));
  expect(told.filter((environment) => environment.includes("of-a-real-account"))).toEqual([]);
  expect(told.filter((environment) => environment.includes("a-real-account"))).toEqual([]);
  const listening = readFileSync("/proc/net/tcp", "utf8")
    .split("\n")
    .map((line) => line.trim().split(/\s+/));
  const inodes = new Set<string | undefined>(
    listening.filter((fields) => fields[3] === "0A").map((fields) => fields[9]),
  );
  const sockets = programs.flatMap((pid) =>
    readdirSync(`/proc/${pid}/fd`).map((fd) => /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1]),
  );
  expect(sockets.filter((inode) => inode !== undefined)).not.toEqual([]);
  expect(sockets.filter((inode) => inodes.has(inode))).toEqual([]);
});
