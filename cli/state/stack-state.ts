import { z } from "zod";
import { weightsIn } from "../../deployment/listener-weights.ts";
import { byColor, other, servingColor, type ByColor, type Color, type Capacity } from "../../deployment/model.ts";
import { fleetPartName, listenerName } from "../../deployment/names.ts";
import { stackOutputs } from "../../deployment/stack-outputs.ts";
import type { ReleaseSettings } from "./model.ts";
import { CliError } from "../error.ts";

/** The outputs that the commands work with. */
const outputs = stackOutputs
  .pick({
    url: true,
    previewUrl: true,
    listenerArn: true,
    targetGroupArns: true,
    fleets: true,
    deployed: true,
    releases: true,
    notifications: true,
    alarms: true,
    logGroups: true,
    jobs: true,
    dashboard: true,
  })
  // A stack whose last update is older than the jobs' own role has none.
  .partial({ jobs: true });

export type Outputs = z.output<typeof outputs>;

/** What the state says of a stack. */
export interface StackState {
  readonly outputs: Outputs;
  /** The load balancer's own DNS name; undefined where the state has none. */
  readonly loadBalancerName?: string;
  /** Percent of the requests by the listener's own entry, which is true also behind an update that failed later. */
  readonly weights: ByColor<number>;
  /** Image of each colour's launch template, which an update that failed behind it leaves changed. */
  readonly templateImages: Partial<ByColor<string>>;
  /** Whether each colour's group is bound to another version of its launch template than the latest, which an update would replace. */
  readonly templateAhead: ByColor<boolean>;
  /** Bounds of the Auto Scaling groups as the state has them, by name. */
  readonly groupBounds: Readonly<Record<string, Capacity>>;
  /** Auto Scaling groups and scaling policies that the state knows, those to be deleted included. */
  readonly groupNames: readonly string[];
  readonly policyNames: readonly string[];
  /** URNs of what an operation that was killed was doing. */
  readonly pending: readonly string[];
  /** Every resource, those to be deleted included. */
  readonly resources: readonly StateResource[];
}

const resource = z.object({
  urn: z.string(),
  type: z.string(),
  id: z.string().optional(),
  delete: z.boolean().optional(),
  outputs: z.record(z.string(), z.unknown()).optional(),
});
export type StateResource = z.output<typeof resource>;

/** Outputs of a resource by its logical name; what is still to be deleted is another one. */
const outputsOf = (resources: readonly StateResource[], name: string) =>
  resources.find((entry) => entry.delete !== true && entry.urn.endsWith(`::${name}`))?.outputs;

const exported = z.object({
  deployment: z.object({
    resources: z.array(resource).default([]),
    pending_operations: z.array(z.object({ resource: z.object({ urn: z.string() }) })).default([]),
  }),
});
const forward = z.object({ targetGroups: z.array(z.object({ arn: z.string(), weight: z.number() })) });
const listenerActions = z.array(z.object({ forward: forward.nullish() }));

/**
 * Reads what `pulumi stack export` printed.
 * @throws CliError when the stack was never brought up by this version of the program
 */
export function parseStackState(text: string, stack: string): StackState {
  const { resources, pending_operations } = exported.parse(JSON.parse(text)).deployment;
  const root = resources.find(({ type }) => type === "pulumi:pulumi:Stack");
  const read = outputs.safeParse(root?.outputs ?? {});
  if (!read.success) {
    const lacks = read.error.issues.map(({ path }) => path.join(".")).join(", ");
    throw new CliError("refused", `Stack ${stack} lacks the outputs ${lacks}. Bring it up once with pulumi up.`);
  }
  const balancer = resources.find((entry) => entry.type === "aws:lb/loadBalancer:LoadBalancer" && !entry.delete);
  const listener = outputsOf(resources, listenerName);
  const actions = listenerActions.parse(listener?.["defaultActions"] ?? []);
  const templateImage = (color: Color) =>
    z
      .string()
      .optional()
      .parse(outputsOf(resources, fleetPartName(color, "template"))?.["imageId"]);
  const ids = (type: string) => resources.flatMap((entry) => (entry.type === type && entry.id ? [entry.id] : []));
  return {
    outputs: read.data,
    loadBalancerName: z.string().optional().parse(balancer?.outputs?.["dnsName"]),
    weights: weightsIn(actions, read.data.targetGroupArns),
    templateImages: byColor(templateImage),
    templateAhead: byColor((color) => isTemplateAhead(resources, color)),
    groupBounds: boundsIn(resources),
    groupNames: ids("aws:autoscaling/group:Group"),
    policyNames: ids("aws:autoscaling/policy:Policy"),
    pending: pending_operations.map((operation) => operation.resource.urn),
    resources,
  };
}

const templateVersion = z.object({ latestVersion: z.coerce.string() });
const boundVersion = z.object({
  mixedInstancesPolicy: z.object({
    launchTemplate: z.object({ launchTemplateSpecification: z.object({ version: z.coerce.string() }) }),
  }),
});

function isTemplateAhead(resources: readonly StateResource[], color: Color): boolean {
  const template = templateVersion.safeParse(outputsOf(resources, fleetPartName(color, "template")));
  const group = boundVersion.safeParse(outputsOf(resources, fleetPartName(color, "group")));
  if (!template.success || !group.success) return false;
  const { version } = group.data.mixedInstancesPolicy.launchTemplate.launchTemplateSpecification;
  return version !== template.data.latestVersion;
}

const groupOutputs = z.object({ minSize: z.number(), maxSize: z.number() });

function boundsIn(resources: readonly StateResource[]): Record<string, Capacity> {
  const groups = resources.filter((entry) => entry.type === "aws:autoscaling/group:Group");
  return Object.fromEntries(
    groups.flatMap(({ id, outputs }): [string, Capacity][] => {
      const bounds = groupOutputs.safeParse(outputs);
      return id !== undefined && bounds.success ? [[id, bounds.data]] : [];
    }),
  );
}

/**
 * The release settings that lead to what is: who serves comes from the listener, the rest from the groups.
 * @param weights as they are now, percent
 * @param minSize the stack's setting: what is above it is a floor, what is below it on the standby is a preview's size
 */
export function settingsOf({ deployed }: Outputs, weights: ByColor<number>, minSize: number): ReleaseSettings {
  const { machines, capacity } = deployed;
  const activeColor = servingColor(weights, deployed.activeColor);
  const standby = other(activeColor);
  const [floor, size] = [capacity[activeColor].minSize, capacity[standby].minSize];
  const warm = capacity[standby].maxSize > 0;
  return {
    activeColor,
    blueAmi: machines.blue.imageId,
    greenAmi: machines.green.imageId,
    standby: warm ? "warm" : "off",
    standbyWeight: weights[standby],
    capacityFloor: floor > minSize ? floor : 0,
    previewSize: warm && size < floor ? size : 0,
  };
}
