import { createServer, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { AutoScalingClient, CreateAutoScalingGroupCommand } from "@aws-sdk/client-auto-scaling";
import { CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { DeleteVpcCommand, EC2Client } from "@aws-sdk/client-ec2";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { CreateHostedZoneCommand, Route53Client } from "@aws-sdk/client-route-53";
import { PutBucketOwnershipControlsCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { json, query } from "../../../../packages/local-aws/exchange.ts";
import { Keys } from "../../../../packages/local-aws/door/keys.ts";
import { Front } from "../../../../packages/local-aws/gateway.ts";
import { agentTo } from "../../../../packages/local-aws/moto.ts";
import { startModelJudge, type ModelJudge } from "../../../../packages/local-aws/models/judge.ts";
import { findMoto } from "../../../../tools/moto.ts";

// The gateway with AWS's models and the SDK's own clients; in moto's place stands a server that keeps what came.
const reached: string[] = [];
const lines: string[] = [];
const keys = new Keys();
let moto: Server;
let models: ModelJudge;
let front: Front;
let endpoint: string;

beforeAll(async () => {
  moto = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.once("end", () => {
      reached.push(Buffer.concat(chunks).toString());
      response.end();
    });
  }).listen(0, "127.0.0.1");
  await once(moto, "listening");
  models = startModelJudge(await findMoto(() => undefined), (line) => lines.push(line));
  const own = () => Promise.reject(new Error("a service of the cloud was reached"));
  front = new Front({
    moto: agentTo({ port: (moto.address() as AddressInfo).port, host: "127.0.0.1" }),
    keys,
    region: "eu-central-1",
    services: { autoscaling: query(own), monitoring: json(own) },
    judge: (request) => models.judge(request),
    control: () => undefined,
    log: (line) => lines.push(line),
  });
  endpoint = await front.listen();
});

afterAll(async () => {
  front.close();
  moto.close();
  moto.closeAllConnections();
  await models.stop();
});

beforeEach(() => {
  reached.length = 0;
  lines.length = 0;
});

const client = () => ({
  endpoint,
  region: "eu-central-1",
  credentials: keys.own,
  maxAttempts: 1,
});
const s3 = () => new S3Client({ ...client(), forcePathStyle: true });
const group = { AutoScalingGroupName: "a", MinSize: 0, MaxSize: 1, VPCZoneIdentifier: "" };
const rules = { Rules: [{ ObjectOwnership: "Nobody" as never }] };

test.each([
  [
    "the cloud's own",
    "ValidationError",
    () => new AutoScalingClient(client()).send(new CreateAutoScalingGroupCommand(group)),
  ],
  [
    "its own in JSON",
    "ValidationException",
    () => new CloudWatchClient(client()).send(new DescribeAlarmsCommand({ MaxRecords: 101 })),
  ],
  ["moto's EC2", "MissingParameter", () => new EC2Client(client()).send(new DeleteVpcCommand({ VpcId: undefined }))],
  [
    "moto's IAM",
    "ValidationError",
    () => new IAMClient(client()).send(new CreateRoleCommand({ RoleName: "a b", AssumeRolePolicyDocument: "{}" })),
  ],
  [
    "moto's S3",
    "InvalidArgument",
    () => s3().send(new PutBucketOwnershipControlsCommand({ Bucket: "abc", OwnershipControls: rules })),
  ],
  [
    "moto's Route 53",
    "InvalidInput",
    () => new Route53Client(client()).send(new CreateHostedZoneCommand({ Name: "a", CallerReference: "" })),
  ],
])(
  "given a request to %s that AWS's model does not allow, then the SDK hears %s and nobody else",
  async (_, name, send) => {
    await expect(send()).rejects.toMatchObject({ name });
    expect([reached, lines]).toEqual([[], [expect.stringContaining("is not allowed by AWS's model")]]);
  },
);

test("given a request that the model allows, then it reaches moto with its body", async () => {
  await s3().send(new PutObjectCommand({ Bucket: "abc", Key: "d/e", Body: "text é" }));
  expect([reached, lines]).toEqual([["text é"], []]);
});
