import { Agent } from "node:http";
import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from "@aws-sdk/client-auto-scaling";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { DescribeVpcsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { faults, FaultInjection, type Fault } from "../../../packages/local-aws/fault-injection.ts";
import { reply } from "../../../packages/local-aws/call.ts";
import { HeldCalls } from "../../../packages/local-aws/held-calls.ts";
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
async function control(path: string, at = endpoint): Promise<Response> {
  const url = new URL(`/rehearsal/${path}`, at);
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

describe("a call that is held", () => {
  const answered: string[] = [];
  const heldCalls = new HeldCalls();
  const landing = new Front({
    moto: new Agent(),
    keys,
    region: "eu-central-1",
    services: {
      autoscaling: () => ({
        action: "DescribeAutoScalingGroups",
        answer: () => {
          answered.push("landed");
          return Promise.resolve(reply("<DescribeAutoScalingGroupsResponse/>"));
        },
        refuse: (error) => reply(error.message, 400),
      }),
    },
    judge: () => Promise.resolve(undefined),
    control: controlPaths({ heldCalls } as unknown as ControlArgs),
    heldCalls,
    log: () => undefined,
  });
  let at: string;
  beforeAll(async () => (at = await landing.listen()));
  afterAll(() => landing.close());
  beforeEach(() => answered.splice(0));

  const asked = async (path: string) => (await control(path, at)).json();
  const call = (abortSignal?: AbortSignal) =>
    new AutoScalingClient({ ...options(), endpoint: at }).send(new DescribeAutoScalingGroupsCommand(), { abortSignal });
  const untilHeld = async () => {
    while (heldCalls.held.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  };

  test("lands when it is let go, and the next one of its kind at once", async () => {
    expect(await asked("hold/DescribeAutoScalingGroups")).toEqual({ hold: "DescribeAutoScalingGroups" });
    const late = call();
    await untilHeld();
    await call();
    expect(answered).toEqual(["landed"]);
    expect(await asked("release")).toEqual({ released: ["DescribeAutoScalingGroups"] });
    await late;
    expect(answered).toEqual(["landed", "landed"]);
  });

  test("lands also when nobody waits for its answer any more", async () => {
    await asked("hold/DescribeAutoScalingGroups");
    const gone = new AbortController();
    const late = call(gone.signal);
    await untilHeld();
    gone.abort();
    await expect(late).rejects.toThrow();
    expect(answered).toEqual([]);
    await asked("release");
    while (answered.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  });

  test("is of that action alone", async () => {
    await asked("hold/ModifyListener");
    await call();
    expect(await asked("release")).toEqual({ released: [] });
    await call();
    expect(answered).toEqual(["landed", "landed"]);
  });
});
