import { request } from "node:http";
import type { TargetGroup } from "./topology.ts";
import { matches, unanswered, type CheckResult } from "./health.ts";

/** Makes one health check. */
export type Probe = (
  address: { host: string; port: number } | undefined,
  check: TargetGroup["healthCheck"],
  timeout: number,
) => Promise<CheckResult>;

const failed: CheckResult = {
  ok: false,
  reason: "Target.FailedHealthChecks",
  description: "Health checks failed",
};

/**
 * One HTTP health check over a connection of its own, as a load balancer makes it.
 * @param address Where the target really listens; undefined for a target without a machine.
 * @param timeout Real milliseconds.
 */
export const httpProbe: Probe = (address, check, timeout) =>
  new Promise((resolve) => {
    if (!address) {
      resolve(failed);
      return;
    }
    const call = request(
      { ...address, path: check.path, agent: false, headers: { "user-agent": "ELB-HealthChecker/2.0" } },
      (response) => {
        response.resume();
        const status = response.statusCode ?? 0;
        resolve(
          matches(check.matcher, status)
            ? { ok: true }
            : {
                ok: false,
                reason: "Target.ResponseCodeMismatch",
                description: `Health checks failed with these codes: [${status}]`,
              },
        );
      },
    );
    const timer = setTimeout(() => {
      resolve(unanswered);
      call.destroy();
    }, timeout);
    call.once("error", () => resolve(failed));
    call.once("close", () => clearTimeout(timer));
    call.end();
  });
