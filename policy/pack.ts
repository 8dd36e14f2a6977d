import type { PolicyResource, ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import type { ConfigSchema, Props, Resource, ResourceRule, StackRule } from "./rule.ts";
import { accessRules } from "./rules/access.ts";
import { dataRules, dataStackRules } from "./rules/data.ts";
import { machineRules } from "./rules/machines.ts";
import { networkRules, networkStackRules } from "./rules/network.ts";
import { tagRules } from "./rules/tags.ts";
import { regionRules, trafficRules } from "./rules/traffic.ts";

/** Rules over one resource: a resource that breaks one is refused before it is made. */
export const resourceRules: readonly ResourceRule[] = [
  ...machineRules,
  ...networkRules,
  ...trafficRules,
  ...dataRules,
  ...accessRules,
  ...tagRules,
];

/** Rules over the whole stack: asked when all resources are known. */
export const stackRules: readonly StackRule[] = [...networkStackRules, ...dataStackRules, ...regionRules];

/** The values that `--policy-pack-config` doesn't give. */
const defaults = (schema: ConfigSchema | undefined): Props =>
  Object.fromEntries(Object.entries(schema?.properties ?? {}).map(([key, { default: value }]) => [key, value]));

const resourcePolicy = ({ name, description, configSchema, faults }: ResourceRule): ResourceValidationPolicy => ({
  name,
  description,
  configSchema,
  validateResource: (args, report) => {
    const { type, name: logical, urn, props } = args;
    const config = { ...defaults(configSchema), ...args.getConfig<object>() };
    for (const fault of faults({ type, name: logical, urn, props }, config)) report(fault);
  },
});

const seen = ({ type, name, urn, props }: PolicyResource): Resource => ({ type, name, urn, props });

const stackPolicy = ({ name, description, configSchema, stackFaults }: StackRule): StackValidationPolicy => ({
  name,
  description,
  configSchema,
  validateStack: (args, report) => {
    const config = { ...defaults(configSchema), ...args.getConfig<object>() };
    for (const { resource, fault } of stackFaults(args.resources.map(seen), config)) report(fault, resource.urn);
  },
});

/** The pack's policies, as Pulumi takes them. */
export const policies = [...resourceRules.map(resourcePolicy), ...stackRules.map(stackPolicy)];
