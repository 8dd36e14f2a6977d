import * as pulumi from "@pulumi/pulumi";
import type { MockCallArgs, MockResourceArgs } from "@pulumi/pulumi/runtime/index.js";
import { readCurrentState } from "../../components/deployed.ts";
import { byColor } from "../../deployment/model.ts";
import { arns, fakeClients, forwarding, type World } from "../aws/fake-aws.ts";

const state = {
  activeColor: "blue",
  weights: { blue: 100, green: 0 },
  machines: byColor(() => ({
    imageId: "v1",
    instanceType: "t3.small",
    detailedMonitoring: true,
    healthCheckPath: "/readyz",
    versionPath: "/version",
    bootGate: true,
    customerKey: false,
  })),
  capacity: byColor(() => ({ minSize: 1, maxSize: 2 })),
  foundation: { vpcCidr: "10.0.0.0/16", availabilityZoneCount: 2, appPort: 3000, https: false, customerKey: false },
};
const output = { ...state, listenerArn: "arn:l", targetGroupArns: arns };

/** What the guards read in a world, when the last update left these outputs. */
async function read(outputs: Record<string, unknown>, world: World) {
  const newResource = ({ type }: MockResourceArgs) => {
    throw new Error(`nobody expected a resource of type ${type}`);
  };
  const call = ({ token, inputs }: MockCallArgs) => {
    if (token !== "pulumi:pulumi:readStackOutputs") throw new Error(`nobody expected a call of ${token}`);
    const { name } = inputs as { name: string };
    if (name !== "acme/bluegreen/dev") throw new Error(`nobody expected the outputs of ${name}`);
    return { name, outputs };
  };
  await pulumi.runtime.setMocks({ newResource, call }, "bluegreen", "dev", false, "acme");
  return readCurrentState(fakeClients(() => world));
}

const live = (blue: number): World => ({ listeners: { "arn:l": forwarding({ blue, green: 100 - blue }) } });

test("given a stack's first update, then there is nothing, and AWS isn't asked", async () =>
  expect(await read({}, {})).toBeUndefined());

test.each<[string, World, { blue: number; green: number }, "blue" | "green"]>([
  ["the weights of the state are live", live(100), { blue: 100, green: 0 }, "blue"],
  ["the live weights win over the state's, and say who serves", live(0), { blue: 0, green: 100 }, "green"],
  ["the colour that was declared serves as long as it has traffic", live(1), { blue: 1, green: 99 }, "blue"],
  ["the state's stand in for a listener that is gone", {}, { blue: 100, green: 0 }, "blue"],
])("%s", async (_, world, weights, activeColor) =>
  expect(await read({ deployed: output }, world)).toEqual({
    ...output,
    weights,
    activeColor,
    groupNames: undefined,
    releasesTable: undefined,
  }),
);

test("where the release commands keep their table is part of it", async () => {
  const releases = { tableName: "bluegreen-dev-releases-1234567" };
  expect((await read({ deployed: output, releases }, live(100)))?.releasesTable).toBe(releases.tableName);
});

test("given the outputs name the groups, then the gate can ask whose the targets are", async () => {
  const fleets = byColor((color) => ({ groupName: `app-${color}-group-1234567`, capacity: state.capacity[color] }));
  expect((await read({ deployed: output, fleets }, live(100)))?.groupNames).toEqual(
    byColor((color) => `app-${color}-group-1234567`),
  );
});

test("an existing VPC is part of it", async () => {
  const foundation = { ...state.foundation, vpcId: "vpc-1" };
  expect((await read({ deployed: { ...output, foundation } }, live(100)))?.foundation).toEqual(foundation);
});

test.each<[string, unknown, string]>([
  ["text", "blue", "expected object"],
  ["an unknown colour", { ...output, activeColor: "red" }, "activeColor"],
  ["a colour missing", { ...output, weights: { blue: 100 } }, "weights.green"],
  ["no listener", { ...output, listenerArn: undefined }, "listenerArn"],
])("fails on an output that isn't this program's: %s", async (_, deployed, expected) => {
  const reading = read({ deployed }, live(100));
  await expect(reading).rejects.toThrow('The stack output "deployed" is not readable');
  await expect(reading).rejects.toThrow(expected);
  await expect(reading).rejects.toThrow("pulumi stack export");
});

test("fails when AWS won't say what is live", async () => {
  const clients = fakeClients(() => {
    throw new Error("AccessDenied");
  });
  await read({ deployed: output }, live(100));
  await expect(readCurrentState(clients)).rejects.toThrow("AccessDenied");
});
