/** A resource as Pulumi shows it to a policy: what the program gave, and in a stack's rule what the provider answered. */
export interface Resource {
  /** For example `aws:ec2/launchTemplate:LaunchTemplate`. */
  readonly type: string;
  /** Logical name. */
  readonly name: string;
  /** `urn:pulumi:STACK::PROJECT::TYPE::NAME`. */
  readonly urn: string;
  readonly props: Props;
}

export type Props = Readonly<Record<string, unknown>>;

/** A rule over one resource. A value that a preview doesn't know yet throws when it is read; Pulumi says so and goes on. */
export interface ResourceRule {
  /** In kebab-case, as Pulumi's settings of a pack name it. */
  readonly name: string;
  /** What must be, in one sentence. */
  readonly description: string;
  /** What is wrong with the resource, each with what would be right; empty: nothing. */
  readonly faults: (resource: Resource, config: Props) => readonly string[];
  readonly configSchema?: ConfigSchema;
}

/** A rule over resources that belong together. */
export interface StackRule {
  readonly name: string;
  readonly description: string;
  readonly stackFaults: (resources: readonly Resource[], config: Props) => readonly StackFault[];
  readonly configSchema?: ConfigSchema;
}

export interface StackFault {
  readonly resource: Resource;
  readonly fault: string;
}

/** Values that `--policy-pack-config` may give a rule. */
export interface ConfigSchema {
  readonly properties: Readonly<Record<string, { type: "array"; items: { type: "string" }; default: string[] }>>;
}

/** The entries of a list; a single value is none. */
export const list = (value: unknown): readonly Props[] => (Array.isArray(value) ? (value as Props[]) : []);

/** The texts of a list. */
export const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

/** An object's properties; anything else has none. */
export const object = (value: unknown): Props =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Props) : {};

/** Whether a provider's flag is on: some properties take `"true"`. */
export const isOn = (value: unknown): boolean => value === true || value === "true";

/** A text as it stands; anything else as JSON. */
export const text = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
