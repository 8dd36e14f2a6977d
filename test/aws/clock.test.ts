import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { AwsClients } from "../../aws/clients.ts";
import { awsTime } from "../../aws/clock.ts";
import { waitUntilReady } from "../../aws/readiness.ts";
import { fakeClients } from "./fake-aws.ts";

/** What an AWS answers whose clock is `ahead` milliseconds ahead of this host's. */
interface World {
  ahead: number;
  /** When two launches failed, in seconds after this host's present, by AWS's clock. */
  failedAt: number;
}

let world: World;
let server: Server;
let autoScaling: AutoScalingClient;

beforeAll(async () => {
  server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const action = new URLSearchParams(body).get("Action") ?? "";
      response.sendDate = false;
      response.setHeader("date", new Date(awsNow()).toUTCString());
      response.end(xml(action, action === "DescribeScalingActivities" ? failures() : group));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  autoScaling = new AutoScalingClient({
    region: "eu-central-1",
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
});
afterAll(() => {
  autoScaling.destroy();
  server.closeAllConnections();
  server.close();
});

const group =
  "<AutoScalingGroups><member><AutoScalingGroupName>g</AutoScalingGroupName><DesiredCapacity>1</DesiredCapacity>" +
  "</member></AutoScalingGroups>";

const awsNow = () => Date.now() + world.ahead;

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const xml = (action: string, result: string) =>
  `<${action}Response xmlns="http://autoscaling.amazonaws.com/doc/2011-01-01/"><${action}Result>${result}</${action}Result></${action}Response>`;

function failures(): string {
  const at = new Date(awsNow() + world.failedAt * 1000).toISOString();
  const failed =
    `<member><ActivityId>1</ActivityId><AutoScalingGroupName>g</AutoScalingGroupName><StatusCode>Failed</StatusCode>` +
    `<StatusMessage>no such image</StatusMessage><StartTime>${at}</StartTime></member>`;
  return `<Activities>${failed}${failed}</Activities>`;
}

/** How the waiting for a group that nothing is ready of ends. */
async function wait(): Promise<string> {
  const { elb } = fakeClients(() => ({ targets: { arn: [] } }));
  const clients: AwsClients = { elb, autoScaling };
  const readiness = { color: "green" as const, groupName: "g", targetGroupArn: "arn", minSize: 1 };
  const terms = { ...readiness, serves: false, timeout: 0.1, since: Date.now() };
  return waitUntilReady(clients, terms, () => undefined).then(
    () => "ready",
    (error: Error) => error.message,
  );
}

describe.each([
  ["right", 0],
  ["seven minutes slow", 7 * 60_000],
  ["seven minutes fast", -7 * 60_000],
  ["two hours fast", -120 * 60_000],
])("given a host whose clock is %s", (_, ahead) => {
  test("when launches failed a minute before the update, then they are history", async () => {
    world = { ahead, failedAt: -60 };
    expect(await wait()).toMatch(/is not ready: not after 0\.1 s: 0 of 1 healthy/);
  });

  test("when launches fail in the update, then it ends with their words", async () => {
    world = { ahead, failedAt: 1 };
    expect(await wait()).toMatch(/is not ready: 2 of its launches failed: no such image/);
  });

  test("then AWS's time is told by its own answer, in whole seconds", async () => {
    world = { ahead, failedAt: 0 };
    await wait();
    expect(awsTime(autoScaling) - awsNow()).toBeLessThanOrEqual(0);
    expect(awsTime(autoScaling) - awsNow()).toBeGreaterThan(-2_000);
  });
});
