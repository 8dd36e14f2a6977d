import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { evaluated, type Registered } from "../evaluated.ts";

const root = path.resolve(import.meta.dirname, "../..");

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
  const texts = Object.entries(config).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return Object.fromEntries(texts) as Record<string, string>;
}

/**
 * What the program registers for a stack as its settings' file has it, in a preview against mocks.
 * @param stack `dev`, `staging` or `prod`
 */
export async function registeredBy(stack: string): Promise<RegisteredStack> {
  const config = configOf(stack);
  return { region: config["aws:region"], resources: await evaluated(stack, config, { BootGate: "boot-gate" }) };
}
