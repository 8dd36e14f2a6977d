/** What one health check saw. */
export type CheckResult = { ok: true } | { ok: false; reason: FailureReason; description: string };

/** A check that met with no answer in time. */
export const unanswered: CheckResult = { ok: false, reason: "Target.Timeout", description: "Request timed out" };

/** AWS's reasons for a target that fails its checks. */
type FailureReason = "Target.ResponseCodeMismatch" | "Target.Timeout" | "Target.FailedHealthChecks";

/** A target's health as the checks have left it. */
export interface Health {
  state: "initial" | "healthy" | "unhealthy";
  /** Consecutive checks with the same result, up to now. */
  passes: number;
  failures: number;
  reason?: string;
  description?: string;
}

/** Consecutive checks that turn a target's state. */
export interface Thresholds {
  healthyThreshold: number;
  unhealthyThreshold: number;
}

/** A target that was just registered: no check yet. */
export const registering: Health = {
  state: "initial",
  passes: 0,
  failures: 0,
  reason: "Elb.RegistrationInProgress",
  description: "Target registration is in progress",
};

/**
 * A target's health after one more check. A new target needs one passed check; one that failed before needs
 * `healthyThreshold` in a row. Until a new target has failed `unhealthyThreshold` times it stays initial.
 */
export function afterCheck(health: Health, result: CheckResult, thresholds: Thresholds): Health {
  if (result.ok) {
    const passes = health.passes + 1;
    const recovered = health.state !== "unhealthy" || passes >= thresholds.healthyThreshold;
    return recovered ? { state: "healthy", passes, failures: 0 } : { ...health, passes, failures: 0 };
  }
  const failures = health.failures + 1;
  const { reason, description } = result;
  if (health.state === "unhealthy" || failures >= thresholds.unhealthyThreshold) {
    return { state: "unhealthy", passes: 0, failures, reason, description };
  }
  return health.state === "healthy"
    ? { state: "healthy", passes: 0, failures }
    : {
        state: "initial",
        passes: 0,
        failures,
        reason: "Elb.InitialHealthChecking",
        description: "Initial health checks in progress",
      };
}

/** Whether a status code is in a target group's matcher, e.g. `200`, `200-299`, `200,202`. */
export function matches(matcher: string, status: number): boolean {
  return matcher.split(",").some((part) => {
    const [from = NaN, to = from] = part.split("-").map(Number);
    return status >= from && status <= to;
  });
}
