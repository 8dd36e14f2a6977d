import type { Logger } from "pino";
import { within } from "./deadline.ts";
import { messageOf } from "./fault.ts";
import type { Kept } from "./kept.ts";

/** Milliseconds that a check may take: less than the 4 s that the load balancer gives the whole answer. */
const LIMIT = 2_000;
/** Milliseconds that an answer is used again, so that checks can't overload what they check. */
const FRESH = 1_000;

/** Under which name it is kept that the service was ready. */
const WAS_READY = "was-ready";

/** Whether the service may get requests, and what it lacks. */
export interface Health {
  /** `degraded`: it has been ready, and serves what needs none of the backing services that are away. */
  readonly status: "ready" | "degraded" | "not ready";
  /** The phase that it is in, or the backing services that are away; empty: nothing is wrong. */
  readonly because: readonly string[];
}

/**
 * Whether the service may get requests: it has started, and it isn't leaving. Backing services are asked for until all have
 * answered once. Later they are no reason to take an instance away: all instances share them, so all would fail together,
 * and be replaced by others that can't start (AWS Builders' Library: "Implementing health checks").
 */
export class Readiness {
  private phase: "starting" | "started" | "leaving" = "starting";
  private wasReady: boolean;
  private lastAway: readonly string[] = [];
  private looked?: { until: number; answer: Promise<readonly string[]> };

  private readonly checks: Readonly<Record<string, () => Promise<unknown>>>;
  private readonly log: Logger;
  private readonly kept: Kept;
  private readonly limits: { limit: number; fresh: number };

  /**
   * @param checks By what each checks; one that rejects, or takes too long, stands for a service out of reach.
   * @param kept Tells that an earlier start of this boot was ready: then this one is no first start.
   */
  constructor(
    checks: Readonly<Record<string, () => Promise<unknown>>>,
    log: Logger,
    kept: Kept,
    limits = { limit: LIMIT, fresh: FRESH },
  ) {
    this.checks = checks;
    this.log = log;
    this.kept = kept;
    this.limits = limits;
    this.wasReady = kept.read(WAS_READY) === true;
    if (this.wasReady) this.phase = "started";
  }

  started(): void {
    if (this.phase === "starting") this.phase = "started";
  }

  leave(): void {
    this.phase = "leaving";
  }

  /** Whether the last look found a backing service away after it had been ready. */
  get degraded(): boolean {
    return this.wasReady && this.lastAway.length > 0;
  }

  get leaving(): boolean {
    return this.phase === "leaving";
  }

  async look(): Promise<Health> {
    if (this.phase === "leaving") return { status: "not ready", because: ["leaving"] };
    const away = await this.away();
    this.lastAway = away;
    // It may have begun to leave while it was asked.
    if (this.leaving) return { status: "not ready", because: ["leaving"] };
    if (this.phase === "starting") return { status: "not ready", because: ["starting", ...away] };
    if (away.length === 0) {
      if (!this.wasReady) this.kept.write(WAS_READY, true);
      this.wasReady = true;
      return { status: "ready", because: [] };
    }
    return { status: this.wasReady ? "degraded" : "not ready", because: away };
  }

  /** The checks that fail. Those that are still running are waited for, not started again. */
  private away(): Promise<readonly string[]> {
    if (this.looked === undefined || performance.now() >= this.looked.until) {
      const answer = this.ask().finally(() => (looked.until = performance.now() + this.limits.fresh));
      const looked = { until: Infinity, answer };
      this.looked = looked;
    }
    return this.looked.answer;
  }

  private async ask(): Promise<readonly string[]> {
    const asked = Object.entries(this.checks).map(async ([name, check]) => {
      try {
        await within(this.limits.limit, check());
        return [];
      } catch (error) {
        this.log.warn({ check: name, reason: messageOf(error) }, this.wasReady ? "degraded" : "not ready");
        return [name];
      }
    });
    return (await Promise.all(asked)).flat();
  }
}
