import * as pulumi from "@pulumi/pulumi";
import { overrideVariable } from "../deployment/variables.ts";

/**
 * Ends the update with the reasons, unless the emergency override is set: then they are printed as what it overrides.
 * @throws RunError
 */
export function refuseUnlessOverridden(what: string, reasons: string[]): void {
  const list = listed(reasons);
  const why = process.env[overrideVariable];
  if (!why) throw new pulumi.RunError(`${what}, but:\n${list}`);
  void pulumi.log.warn(`${overrideVariable} ("${why}") overrides this. ${what}, but:\n${list}`);
}

/** The same for a fault that may be none. */
export function refuseFault(fault: { what: string; reasons: string[] } | undefined): void {
  if (fault) refuseUnlessOverridden(fault.what, fault.reasons);
}

/** In a preview: what the update would be refused for as things stand. Things may change until it asks itself. */
export function warnOfRefusal(what: string, reasons: string[]): void {
  const end = process.env[overrideVariable]
    ? `With ${overrideVariable} set, the update only warns of it.`
    : "This is a preview: the update asks again, and is refused if this still holds.";
  void pulumi.log.warn(`${what}, because now:\n${listed(reasons)}\n${end}`);
}

const listed = (reasons: readonly string[]): string => reasons.map((reason) => `  - ${reason}`).join("\n");
