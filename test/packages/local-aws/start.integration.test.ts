import { DescribeInstancesCommand, EC2Client } from "@aws-sdk/client-ec2";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { type LocalAws, startLocalAws } from "../../../packages/local-aws/start.ts";
import { findMoto } from "../../../tools/moto.ts";

const region = "eu-central-1";
const folder = mkdtempSync(path.join(os.tmpdir(), "bluegreen-test-"));
let local: LocalAws;
let ec2: EC2Client;

beforeAll(async () => {
  const motoPython = await findMoto(() => undefined);
  local = await startLocalAws({ motoPython, region, log: path.join(folder, "cloud.log") });
  ec2 = new EC2Client({ ...local.client, maxAttempts: 1 });
}, 120_000);

afterAll(async () => {
  ec2.destroy();
  await local.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("given an account with nothing in it, then the state names nothing", async () =>
  expect(await local.state()).toEqual({ loadBalancers: [], instances: [], groups: [], alarms: {}, held: [] }));

test("given one injected fault, then the next call fails with it and the one after it is answered", async () => {
  await local.injectFault("throttled", 1);
  await expect(ec2.send(new DescribeInstancesCommand())).rejects.toThrow("Request limit exceeded.");
  expect((await ec2.send(new DescribeInstancesCommand())).Reservations).toEqual([]);
});

test("fails to kill an instance that does not run", async () =>
  await expect(local.killInstance("i-0")).rejects.toThrow("The local cloud refused POST instances/i-0/kill: 404"));

test("given stop, then its process is gone", async () => {
  const other = await startLocalAws({
    motoPython: await findMoto(() => undefined),
    region,
    log: `${folder}/other.log`,
  });
  await other.stop();
  expect(() => process.kill(other.pid, 0)).toThrow("ESRCH");
}, 60_000);
