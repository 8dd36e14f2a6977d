export interface Limits {
  /** Requests from which on a share or a percentile says something. */
  readonly requests: number;
  /** Failed requests from which on they count: a single one among few is no share, and may be the network's. */
  readonly failures: number;
  /** Percent of its requests that the release may fail in its checks, and below which it is never sent back where a file says so. */
  readonly errorPercent: number;
  /** Percentage points that it may fail beyond the old colour: what fails in both is not the release's doing. */
  readonly errorPoints: number;
  /** Its answers may take so many times the old colour's p95 and so many milliseconds more: a new process is slower for a while. */
  readonly p95Factor: number;
  readonly p95Slack: number;
  /** Whole minutes of metrics after which too few requests are no reason to wait, where nobody can send any from here. */
  readonly quietMinutes: number;
  /**
   * Seconds of the stack's alarms' data points: one that began so long before `judgedSince` speaks of the time before. Where
   * CloudWatch tells no data points, an alarm that went off sooner after `judgedSince` does: of its two bad minutes one can be
   * so young at most.
   */
  readonly alarmSeconds: number;
}

export const defaultLimits: Limits = {
  requests: 20,
  failures: 2,
  errorPercent: 1,
  errorPoints: 1,
  p95Factor: 2,
  p95Slack: 100,
  quietMinutes: 3,
  alarmSeconds: 60,
};

/** What a release of a stack is judged by. */
export interface Rules {
  readonly limits: Limits;
  /** Chance at most that a whole release is sent back though it is no worse. */
  readonly alpha: number;
  /** Times the old colour's share of failures, or of slow answers, from which on a release is worse. */
  readonly effect: number;
  /** Percent of its requests, and points beyond the old colour, below which a release is never sent back for its failures. */
  readonly floor: { readonly percent: number; readonly points: number };
}

/**
 * Alpha: one good release in a hundred. Effect: what a new process and chance in the shares
 * make up. No floor: the tests need none.
 */
export const defaultRules: Rules = {
  limits: defaultLimits,
  alpha: 0.01,
  effect: 1.2,
  floor: { percent: 0, points: 0 },
};
