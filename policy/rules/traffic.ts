import { type ConfigSchema, isOn, list, object, type ResourceRule, type StackRule } from "../rule.ts";

const loadBalancer = "aws:lb/loadBalancer:LoadBalancer";

/** The stack of a resource, from its URN. */
const stackOf = (urn: string): string => urn.split("::")[0].split(":")[2] ?? "";

const environments: ConfigSchema = {
  properties: { environments: { type: "array", items: { type: "string" }, default: ["prod"] } },
};

export const trafficRules: readonly ResourceRule[] = [
  {
    name: "both-target-groups-in-listener",
    description: "A listener that forwards holds both colours' target groups, and their weights make up all requests.",
    faults: ({ type, props }) => {
      if (type !== "aws:lb/listener:Listener") return [];
      return list(props.defaultActions)
        .filter((action) => action.type === "forward")
        .flatMap((action) => {
          const groups = list(object(action.forward).targetGroups);
          const arns = new Set(groups.map(({ arn }) => String(arn)));
          if (arns.size !== 2)
            return [`it forwards to ${arns.size} target group(s) by weight; allowed are two, blue's and green's`];
          const weights = groups.map(({ weight }) => Number(weight));
          const sum = weights.reduce((before, weight) => before + weight, 0);
          return sum === 100 && weights.every((weight) => Number.isInteger(weight) && weight >= 0)
            ? []
            : [`the weights are ${weights.join(" and ")}; allowed are whole percents that add up to 100`];
        });
    },
  },
  {
    name: "production-protected",
    description: "Production's load balancer can't be deleted by an update, and logs its requests.",
    configSchema: environments,
    faults: ({ type, urn, props }, config) => {
      if (type !== loadBalancer || !(config.environments as string[]).includes(stackOf(urn))) return [];
      return [
        ...(isOn(props.enableDeletionProtection) ? [] : ["enableDeletionProtection is off; turn it on"]),
        ...(isOn(object(props.accessLogs).enabled) ? [] : ["accessLogs are off; turn them on"]),
      ];
    },
  },
];

export const regionRules: readonly StackRule[] = [
  {
    name: "allowed-regions",
    description: "Everything is in one region, and in one that is allowed (setting `regions`; empty: any).",
    configSchema: { properties: { regions: { type: "array", items: { type: "string" }, default: [] } } },
    stackFaults: (resources, config) => {
      const allowed = config.regions as string[];
      const placed = resources.flatMap((resource) =>
        typeof resource.props.region === "string" ? [{ resource, region: resource.props.region }] : [],
      );
      const first = placed[0]?.region;
      return placed.flatMap(({ resource, region }) => {
        if (allowed.length > 0 && !allowed.includes(region))
          return [{ resource, fault: `it is in ${region}; allowed are ${allowed.join(", ")}` }];
        return region === first
          ? []
          : [{ resource, fault: `it is in ${region}, other resources in ${first}; keep a stack in one region` }];
      });
    },
  },
];
