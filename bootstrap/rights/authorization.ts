import { readFileSync } from "node:fs";
import path from "node:path";

/** A resource that AWS holds an action against (Service Authorization Reference). */
export interface AuthorizedResource {
  /** With `${Partition}`, `${Region}`, `${Account}` and its own parts. */
  readonly arn: string;
  /** Whether every call of the action names one. */
  readonly required: boolean;
  /** Whether its tags can be asked for (`aws:ResourceTag`). */
  readonly owned: boolean;
  /** Whether the action makes it, with tags that can be asked for (`aws:RequestTag`). */
  readonly made: boolean;
}

/** What AWS authorizes an action by. */
export interface Authorization {
  readonly level: "List" | "Read" | "Write" | "Tagging" | "Permissions management";
  /** Whether the call can carry tags. */
  readonly taggedAtOnce: boolean;
  /** By AWS's name of the type; empty: the action knows no resource. */
  readonly resources: Readonly<Record<string, AuthorizedResource>>;
}

const read = <T>(file: string): T => JSON.parse(readFileSync(path.join(import.meta.dirname, file), "utf8")) as T;

/** Operations (`elbv2:ModifyListener`) by who called them in a rehearsal: `pulumi-up`, `bluegreen-rollback`. */
export const recordedCalls: Readonly<Record<string, readonly string[]>> = read("calls.json");

/** Every action that a policy of this folder may name. `npm run rights` writes both files. */
export const authorizations: Readonly<Record<string, Authorization>> = read("actions.json");
