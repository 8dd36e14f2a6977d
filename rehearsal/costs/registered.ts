import { readFileSync } from "node:fs";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as state from "@pulumi/pulumi/runtime/state.js";
import { parse } from "yaml";
import { noRevocations } from "../no-revocations.ts";

const root = path.resolve(import.meta.dirname, "../..");

/** A resource as the program registered it. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

export interface RegisteredStack {
  readonly region: string;
  readonly resources: readonly Registered[];
}

type Values = Record<string, unknown>;

/** Whole config of a stack by its files, with what they leave to whoever brings it up: an image, who may reach it, a domain. */
function configOf(stack: string): Record<string, string> {
  const read = (file: string): Values =>
    (parse(readFileSync(path.join(root, file), "utf8")) as { config: Values }).config;
  const config: Values = {};
  for (const [key, entry] of Object.entries(read("Pulumi.yaml")))
    config[`bluegreen:${key}`] = (entry as { default: unknown }).default;
  Object.assign(config, read(`Pulumi.${stack}.yaml`));
  config["bluegreen:blueAmi"] = "ami-11111111";
  if ((config["bluegreen:allowedCidrs"] as unknown[]).length === 0) config["bluegreen:allowedCidrs"] = ["0.0.0.0/0"];
  if (config["bluegreen:allowHttp"] !== true) {
    config["bluegreen:domain"] = "app.example.com";
    config["bluegreen:hostedZoneId"] = "Z1";
  }
  // Nothing answers for AWS here: the clients are made, and not tried.
  config["aws:skipCredentialsValidation"] = true;
  const texts = Object.entries(config).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return Object.fromEntries(texts) as Record<string, string>;
}

/** AWS's answers to the program's questions, for a region whose every zone offers everything. */
function answerOf(token: string, region: string): Values {
  const zones = ["a", "b", "c"].map((zone) => `${region}${zone}`);
  const answers: Record<string, Values> = {
    "pulumi:pulumi:readStackOutputs": { outputs: {} },
    "aws:index/getCallerIdentity:getCallerIdentity": { accountId: "111111111111" },
    "aws:index/getRegion:getRegion": { region },
    "aws:index/getPartition:getPartition": { partition: "aws", reverseDnsPrefix: "com.amazonaws" },
    "aws:ec2/getVpcEndpointService:getVpcEndpointService": { serviceName: "service", availabilityZones: zones },
    "aws:index/getAvailabilityZones:getAvailabilityZones": { names: zones },
    "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": { locations: zones },
    "aws:ec2/getAmi:getAmi": { state: "available", rootDeviceName: "/dev/xvda", tags: { BootGate: "boot-gate" } },
  };
  const answer = answers[token] as Values | undefined;
  if (answer === undefined)
    throw new Error(`nobody expected a call of ${token}: answer it in rehearsal/costs/registered.ts`);
  return answer;
}

/**
 * What the program registers for a stack as its settings' file has it, in a preview against mocks.
 * @param stack `dev`, `staging` or `prod`
 */
export async function registeredBy(stack: string): Promise<RegisteredStack> {
  const config = configOf(stack);
  const region = config["aws:region"];
  const resources: Registered[] = [];
  const hooks = new Map<string, pulumi.ResourceHook>();
  const mocks: pulumi.runtime.Mocks = {
    newResource: async ({ type, name, inputs }) => {
      resources.push({ type, name, inputs: inputs as Values });
      // A group that is made: the engine tells the hook that asks whether it is new.
      await hooks
        .get(name.replace(/-group$/, "-news"))
        ?.callback({ newInputs: inputs as Values } as pulumi.ResourceHookArgs);
      return { id: `${name}-id`, state: inputs as Values };
    },
    call: ({ token }) => answerOf(token, region),
  };
  await pulumi.runtime.setMocks(mocks, "bluegreen", stack, true, "organization");
  // Mocks don't know resource hooks; the SDK's own types don't tell of its store.
  const { getStore } = state as unknown as { getStore: () => { callbacks: unknown } };
  const nothing = () => Promise.resolve();
  const registerResourceHook = (hook: pulumi.ResourceHook) => Promise.resolve(void hooks.set(hook.name, hook));
  getStore().callbacks = { registerResourceHook, awaitStackRegistrations: nothing, shutdown: nothing };
  const store = await noRevocations();
  pulumi.runtime.setAllConfig({ ...config, ...store.config });
  const { default: program } = (await import("../../index.ts")) as unknown as { default: () => Promise<unknown> };
  await program().finally(() => store.close());
  await pulumi.runtime.disconnect();
  return { region, resources };
}
