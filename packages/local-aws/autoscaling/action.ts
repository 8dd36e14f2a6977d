import type { Answer } from "@bluegreen/query-protocol";
import type { Scaling } from "./scaling.ts";
import type { ActionName, Arguments } from "./schemas.ts";

/** What an action answers; nothing for AWS's empty answer. */
export type Outcome = { [member: string]: Answer } | void;

/** An action of Auto Scaling. */
export type Action<Name extends ActionName> = (args: Arguments<Name>, scaling: Scaling) => Outcome | Promise<Outcome>;
