import type { Instance } from "./imds.ts";
import type { SpecResult } from "./report.ts";

/** Name of the launch lifecycle hook that a group of such images has. The image's tag `BootGate` says the same. */
export const hookName = "boot-gate";

/**
 * Seconds that an instance has by default, from the gate's start, to pass its spec. The hook waits 300 s, and the boot
 * before the gate and the answer after it must fit in as well.
 */
const defaultDeadline = 180;

/** Seconds of the greatest deadline: with the answer after it, it has to stay below the hook's 300 s. */
const greatestDeadline = 240;

/** Seconds after the deadline in which the answer is still tried. */
export const answerSeconds = 30;

/** Whether the instance may serve, and if not, why. */
export type Verdict = { passed: true } | { passed: false; reason: string };

/** The verdict that a run of the spec leads to, or `again`: it failed, and there is time for another run. */
export function decide(result: SpecResult, timeIsOver: boolean): Verdict | "again" {
  switch (result.kind) {
    case "passed":
      return { passed: true };
    case "broken":
      return { passed: false, reason: result.reason };
    case "failed": {
      if (!timeIsOver) return "again";
      const count = result.failures.length;
      return { passed: false, reason: `${count} ${count === 1 ? "failure" : "failures"} left when the time was over` };
    }
  }
}

/** What is to be said to the group. */
export type Answer =
  /** Nobody waits for one. */
  | { kind: "none"; why: string }
  /** The group's name is not known yet. */
  | { kind: "later"; why: string }
  | { kind: "complete"; group: string; result: "CONTINUE" | "ABANDON" };

/** The answer of an instance with that verdict; `answered` is the id of the instance that has answered from this disk. */
export function answerOf(instance: Instance, verdict: Verdict, answered: string | undefined): Answer {
  const { group, instanceId } = instance;
  if (group.kind === "none") return { kind: "none", why: "the instance is in no Auto Scaling group" };
  if (answered === instanceId) return { kind: "none", why: "the instance has answered at an earlier boot" };
  if (group.kind === "unknown") {
    return {
      kind: "later",
      why: "the instance is in a group, and its metadata has no tag aws:autoscaling:groupName; show tags in the metadata",
    };
  }
  return { kind: "complete", group: group.name, result: verdict.passed ? "CONTINUE" : "ABANDON" };
}

/** Reads `BLUEGREEN_BOOT_DEADLINE`: seconds, 1 to 240, default 180. Throws on anything else. */
export function readDeadline(value: string | undefined): number {
  if (value === undefined) return defaultDeadline;
  const seconds = Number(value);
  if (/^\d+$/.test(value) && seconds >= 1 && seconds <= greatestDeadline) return seconds;
  throw new Error(
    `BLUEGREEN_BOOT_DEADLINE is "${value}"; allowed are whole seconds from 1 to ${greatestDeadline}; correct the user data, or leave it out for ${defaultDeadline}`,
  );
}
