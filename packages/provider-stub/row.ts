import type { Clients } from "./clients.ts";
import type { Identity } from "./identity.ts";
import type { AutoName } from "./names.ts";
import type { Props, Shape } from "./shape.ts";
import type { Waiter } from "./wait.ts";

/** What a row works with: clients of the local cloud, and how to wait. */
export interface Cloud extends Clients, Waiter {
  readonly region: string;
  /** The account and the caller, asked of STS once. */
  identity(): Promise<Identity>;
}

/** An update: what is wanted now, what was wanted before, and which arguments differ. */
export interface Update {
  readonly id: string;
  readonly news: Props;
  readonly olds: Props;
  /** The outputs as the last operation left them. */
  readonly state: Props;
  readonly changed: (...args: string[]) => boolean;
}

/** How a type's tags are changed in place. */
export interface Tagging {
  tag(id: string, tags: Record<string, string>, cloud: Cloud): Promise<unknown>;
  untag(id: string, keys: string[], cloud: Cloud): Promise<unknown>;
}

/** One resource type, mapped to AWS's API as the official provider maps it. */
export interface Row {
  /** Pulumi's type token. */
  readonly type: string;
  /** All arguments that this row sends to AWS; any other is refused. */
  readonly args: Shape;
  /** Arguments whose change forces a new resource, separated by spaces. */
  readonly replace?: string;
  /** The old one must go before the new one comes, whatever its name. */
  readonly deleteFirst?: boolean;
  readonly name?: AutoName;
  /** Values that the official provider fills in, or normalises, before it compares. */
  defaults?(inputs: Props): Props;
  /** Refusals of the official provider's own, before AWS is asked. */
  check?(inputs: Props): { property: string; reason: string }[];
  /** Outputs that the change of these arguments makes unknown in a preview. */
  volatile?(changed: readonly string[], news: Props): string[];
  /** Given when the type takes the provider's default tags. */
  readonly tagging?: Tagging;
  /** Makes the resource; answers its id as soon as it exists. */
  create(inputs: Props, cloud: Cloud): Promise<string>;
  /** The rest of the creation: a failure here keeps the resource, as an initialization error. */
  settle?(id: string, inputs: Props, cloud: Cloud): Promise<void>;
  /** What AWS has, or undefined when it is gone. `null` stands for an argument that AWS has unset. */
  read(id: string, cloud: Cloud, state: Props): Promise<Props | undefined>;
  /** Changes of everything but tags; none where nothing in AWS changes in place. */
  update?(update: Update, cloud: Cloud): Promise<void>;
  remove(id: string, state: Props, cloud: Cloud): Promise<void>;
}
