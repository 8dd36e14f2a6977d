import * as pulumi from "@pulumi/pulumi";
import { withCode, type ErrorCode } from "../deployment/error-codes.ts";
import { overrideVariable } from "../deployment/variables.ts";

/**
 * Ends the update with the reasons, unless the emergency override is set: then they are printed as what it overrides.
 * @throws RunError
 */
export function refuseUnlessOverridden(code: ErrorCode, what: string, reasons: string[]): void {
  const refusal = withCode({ code }, `${what}, but:\n${listed(reasons)}`);
  const why = process.env[overrideVariable];
  if (!why) throw new pulumi.RunError(refusal);
  void pulumi.log.warn(`${overrideVariable} ("${why}") overrides this. ${refusal}`);
}

/** The same for a fault of a fleet, which may be none. */
export function refuseFault(fault: { what: string; reasons: string[] } | undefined): void {
  if (fault) refuseUnlessOverridden("fleet-guarded", fault.what, fault.reasons);
}

/** In a preview: what the update would be refused for as things stand. Things may change until it asks itself. */
export function warnOfRefusal(code: ErrorCode, what: string, reasons: string[]): void {
  const end = process.env[overrideVariable]
    ? `With ${overrideVariable} set, the update only warns of it.`
    : "This is a preview: the update asks again, and is refused if this still holds.";
  void pulumi.log.warn(withCode({ code }, `${what}, because now:\n${listed(reasons)}\n${end}`));
}

const listed = (reasons: readonly string[]): string => reasons.map((reason) => `  - ${reason}`).join("\n");
