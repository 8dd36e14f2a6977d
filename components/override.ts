import * as pulumi from "@pulumi/pulumi";
import { overrideVariable } from "./override-variable.ts";

/**
 * Ends the update with the reasons, unless the emergency override is set: then they are printed as what it overrides.
 * @throws RunError
 */
export function refuseUnlessOverridden(what: string, reasons: string[]): void {
  const list = reasons.map((reason) => `  - ${reason}`).join("\n");
  const why = process.env[overrideVariable];
  if (!why) throw new pulumi.RunError(`${what}, but:\n${list}`);
  void pulumi.log.warn(`${overrideVariable} ("${why}") overrides this. ${what}, but:\n${list}`);
}
