import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import * as pulumi from "@pulumi/pulumi";
import * as state from "@pulumi/pulumi/runtime/state.js";

type Values = Record<string, unknown>;

/** A resource as the program registered it. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Values>;
}

/** AWS's answers to the program's questions, for a region whose every zone offers everything. */
function answersOf(region: string, imageTags: Values): Record<string, Values> {
  const zones = ["a", "b", "c"].map((zone) => `${region}${zone}`);
  return {
    "pulumi:pulumi:readStackOutputs": { outputs: {} },
    "aws:index/getCallerIdentity:getCallerIdentity": { accountId: "111111111111" },
    "aws:index/getRegion:getRegion": { region },
    "aws:index/getPartition:getPartition": { partition: "aws", reverseDnsPrefix: "com.amazonaws" },
    "aws:index/getAvailabilityZones:getAvailabilityZones": { names: zones },
    "aws:ec2/getVpcEndpointService:getVpcEndpointService": { serviceName: "service", availabilityZones: zones },
    "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": { locations: zones },
    "aws:ec2/getAmi:getAmi": { state: "available", rootDeviceName: "/dev/xvda", tags: imageTags },
  };
}

/** A Parameter Store in which nothing stands, so that no image is revoked; it answers every request alike. */
async function noRevocations(): Promise<{ config: Record<string, string>; close: () => void }> {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { "content-type": "application/x-amz-json-1.1" }).end('{"Parameters":[]}');
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const ssm = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    config: { "aws:accessKey": "mock", "aws:secretKey": "mock", "aws:endpoints": JSON.stringify([{ ssm }]) },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/**
 * What the program registers in the preview of a new stack, against mocks and outside of tests.
 * @param config with `aws:region`
 * @param imageTags of every image
 */
export async function evaluated(
  stack: string,
  config: Readonly<Record<string, string>>,
  imageTags: Values,
): Promise<Registered[]> {
  const resources: Registered[] = [];
  const hooks = new Map<string, pulumi.ResourceHook>();
  const answers = answersOf(config["aws:region"], imageTags);
  const mocks: pulumi.runtime.Mocks = {
    newResource: async ({ type, name, inputs }) => {
      resources.push({ type, name, inputs: inputs as Values });
      // A group that is made: the engine tells the hook that asks whether it is new.
      await hooks
        .get(name.replace(/-group$/, "-news"))
        ?.callback({ newInputs: inputs as Values } as pulumi.ResourceHookArgs);
      return { id: `${name}-id`, state: inputs as Values };
    },
    call: ({ token }) => {
      const answer = answers[token] as Values | undefined;
      if (answer === undefined)
        throw new Error(`nobody expected a call of ${token}: answer it in rehearsal/evaluated.ts`);
      return answer;
    },
  };
  await pulumi.runtime.setMocks(mocks, "bluegreen", stack, true, "organization");
  // Mocks don't know resource hooks; the SDK's own types don't tell of its store.
  const { getStore } = state as unknown as { getStore: () => { callbacks: unknown } };
  const nothing = () => Promise.resolve();
  const registerResourceHook = (hook: pulumi.ResourceHook) => Promise.resolve(void hooks.set(hook.name, hook));
  getStore().callbacks = { registerResourceHook, awaitStackRegistrations: nothing, shutdown: nothing };
  const store = await noRevocations();
  // Nothing else answers for AWS here: the clients are made, and not tried.
  pulumi.runtime.setAllConfig({ ...config, ...store.config, "aws:skipCredentialsValidation": "true" });
  const { default: program } = (await import("../index.ts")) as unknown as { default: () => Promise<unknown> };
  await program().finally(() => store.close());
  await pulumi.runtime.disconnect();
  return resources;
}
