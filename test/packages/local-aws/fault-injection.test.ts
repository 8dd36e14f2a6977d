import { Agent } from "node:http";
import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from "@aws-sdk/client-auto-scaling";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { DescribeVpcsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { faults, FaultInjection, type Fault } from "../../../packages/local-aws/fault-injection.ts";
import { Keys } from "../../../packages/local-aws/door/keys.ts";
import { controlService, signedHeaders } from "../../../packages/local-aws/door/sign.ts";
import { Front } from "../../../packages/local-aws/gateway.ts";
import { controlPaths, type ControlArgs } from "../../../packages/local-aws/control.ts";

const injection = new FaultInjection();
const keys = new Keys();
const front = new Front({
  moto: new Agent(),
  keys,
  region: "eu-central-1",
  services: {},
  judge: () => Promise.resolve(undefined),
  control: controlPaths({ faults: injection } as unknown as ControlArgs),
  faults: injection,
  log: () => undefined,
});
let endpoint: string;

beforeAll(async () => (endpoint = await front.listen()));
afterAll(() => front.close());
afterEach(() => injection.inject("expired", 0));

const options = () => ({
  endpoint,
  region: "eu-central-1",
  maxAttempts: 1,
  credentials: keys.own,
});
/** A control path, as whoever started the cloud asks for it. */
async function control(path: string): Promise<Response> {
  const url = new URL(`/rehearsal/${path}`, endpoint);
  const place = { region: "eu-central-1", service: controlService, credentials: keys.own };
  return fetch(url, { method: "POST", headers: await signedHeaders("POST", url, place) });
}

const calls = {
  ec2: () => new EC2Client(options()).send(new DescribeVpcsCommand()),
  autoscaling: () => new AutoScalingClient(options()).send(new DescribeAutoScalingGroupsCommand()),
  dynamodb: () => new DynamoDBClient(options()).send(new ListTablesCommand()),
};

test.each<[Fault, keyof typeof calls, object]>([
  ["throttled", "ec2", { name: "RequestLimitExceeded" }],
  ["throttled", "autoscaling", { name: "Throttling" }],
  ["throttled", "dynamodb", { name: "ThrottlingException" }],
  ["expired", "ec2", { name: "RequestExpired" }],
  ["expired", "autoscaling", { name: "ExpiredToken" }],
  ["expired", "dynamodb", { name: "ExpiredTokenException" }],
  ["unavailable", "ec2", { $metadata: { httpStatusCode: 503 } }],
  ["unavailable", "dynamodb", { $metadata: { httpStatusCode: 503 } }],
])("%s: the SDK's client of %s says so", async (fault, service, error) => {
  const asked = await control(`faults/${fault}/1`);
  expect(await asked.json()).toEqual({ fault, calls: 1 });
  await expect(calls[service]()).rejects.toMatchObject(error);
});

test("unreachable: the connection breaks", async () => {
  injection.inject("unreachable", 1);
  await expect(calls.autoscaling()).rejects.toThrow(/socket hang up/);
});

test("fails so many calls, and then none", () => {
  injection.inject("throttled", 2);
  expect([injection.take(), injection.take(), injection.take()]).toEqual(["throttled", "throttled", undefined]);
});

test("no fault by another name, and all of those by theirs", async () => {
  const ask = async (name: string) => (await control(`faults/${name}/0`)).status;
  expect(await ask("tired")).toBe(404);
  expect(await Promise.all(faults.map(ask))).toEqual(faults.map(() => 200));
});
