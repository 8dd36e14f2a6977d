import type { Logger } from "pino";
import { within } from "./deadline.ts";
import { messageOf } from "./fault.ts";

/** Milliseconds that a check may take: less than the 4 s that the load balancer gives the whole answer. */
const LIMIT = 2_000;
/** Milliseconds that an answer is used again, so that checks can't overload what they check. */
const FRESH = 1_000;

/** Why the service may not get requests now; nothing when it may. */
export type NotReady = readonly string[];

/** Whether the service may get requests: it has started, its backing services answer, and it isn't leaving. */
export class Readiness {
  private phase: "starting" | "started" | "leaving" = "starting";
  private looked?: { until: number; answer: Promise<NotReady> };

  private readonly checks: Readonly<Record<string, () => Promise<unknown>>>;
  private readonly log: Logger;
  private readonly limits: { limit: number; fresh: number };

  /** @param checks By what each checks; one that rejects, or takes too long, stands for a service out of reach. */
  constructor(
    checks: Readonly<Record<string, () => Promise<unknown>>>,
    log: Logger,
    limits = { limit: LIMIT, fresh: FRESH },
  ) {
    this.checks = checks;
    this.log = log;
    this.limits = limits;
  }

  started(): void {
    if (this.phase === "starting") this.phase = "started";
  }

  leave(): void {
    this.phase = "leaving";
  }

  get leaving(): boolean {
    return this.phase === "leaving";
  }

  async look(): Promise<NotReady> {
    if (this.phase !== "started") return [this.phase];
    if (this.looked === undefined || performance.now() >= this.looked.until) {
      // Checks that are still running are waited for, not started again.
      const answer = this.ask().finally(() => (looked.until = performance.now() + this.limits.fresh));
      const looked = { until: Infinity, answer };
      this.looked = looked;
    }
    const found = await this.looked.answer;
    return this.leaving ? ["leaving"] : found;
  }

  private async ask(): Promise<NotReady> {
    const asked = Object.entries(this.checks).map(async ([name, check]) => {
      try {
        await within(this.limits.limit, check());
        return [];
      } catch (error) {
        this.log.warn({ check: name, reason: messageOf(error) }, "not ready");
        return [name];
      }
    });
    return (await Promise.all(asked)).flat();
  }
}
