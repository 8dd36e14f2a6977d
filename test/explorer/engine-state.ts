import { parse } from "yaml";
import { type ByColor, type Capacity, type CurrentState, type LaunchSpec } from "../../deployment/model.ts";
import { settingsOf as settingsIn } from "../../config/parse.ts";
import type { Settings } from "../../config/schema.ts";

export type OperationType = "creating" | "updating" | "deleting";

export interface Resource {
  /** Logical name: `app-blue-group`. */
  readonly name: string;
  id: string;
  /** To be deleted at the end of the next update. */
  delete?: boolean;
  /** Templates. */
  image?: string;
  /** Templates: the latest version; groups: the one that they are bound to. */
  version?: string;
  /** Groups. */
  capacity?: Capacity;
  /** Policies. */
  group?: string;
  /** The listener. */
  weights?: ByColor<number>;
}

export interface State {
  resources: Resource[];
  outputs?: { deployed: CurrentState; groupNames: ByColor<string> };
  pending: { name: string; type: OperationType }[];
}

export interface StateLock {
  readonly host: string;
  readonly pid: number;
  readonly at: number;
}

export const types: Record<string, string> = {
  template: "aws:ec2/launchTemplate:LaunchTemplate",
  group: "aws:autoscaling/group:Group",
  cpu: "aws:autoscaling/policy:Policy",
  listener: "aws:lb/listener:Listener",
};

export const urn = (name: string) => `urn:pulumi:dev::bluegreen::${types[name.split("-").at(-1) ?? ""]}::${name}`;

export const foundation = {
  vpcCidr: "10.0.0.0/16",
  availabilityZoneCount: 2,
  appPort: 3000,
  https: false,
  customerKey: false,
};

export const machineOf = (imageId: string): LaunchSpec => ({
  imageId,
  instanceType: "t3.small",
  detailedMonitoring: true,
  bootGate: false,
  customerKey: false,
  healthCheckPath: "/readyz",
  versionPath: "/version",
});

const known = new Map<string, Settings>();

/** The settings in a settings' file. */
export function settingsOf(text: string): Settings {
  const before = known.get(text);
  if (before) return before;
  const { config } = parse(text) as { config: Record<string, unknown> };
  const raw = Object.entries(config).map(([key, value]): [string, string] => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const parsed = settingsIn("bluegreen", Object.fromEntries(raw), new Set());
  if ("faults" in parsed) throw new Error(parsed.faults);
  known.set(text, parsed.settings);
  return parsed.settings;
}

/** What an engine prints as an error. */
export class EngineError extends Error {}

/** What an update needs of its backend. */
export interface Steps {
  state: State;
  step<T>(label: string, effect: () => T): Promise<T>;
}
