/** What one look of a watch found, for who decides whether to say it. */
export interface Look {
  /** What would be done now, and why, without figures that change by themselves; empty: nothing is judged. */
  readonly verdict: string;
  /** The figures that count: failures, healthy targets. */
  readonly evidence: string;
}

/** Seconds after which a watch says something whatever it sees; and between two lines of evidence alone. */
const every = { anything: 60, evidence: 10 };

/**
 * Which looks of a watch a log gets: each with another verdict at once, other evidence at most every ten seconds, else one a
 * minute.
 */
export class WatchLines {
  private last: { look: Look; at: number } | undefined;

  /**
   * Whether a look is to be said; it counts as said then.
   * @param now milliseconds
   */
  isDue(look: Look, now: number): boolean {
    if (this.last !== undefined && !isNews(this.last.look, look, (now - this.last.at) / 1000)) return false;
    this.last = { look, at: now };
    return true;
  }
}

const isNews = (before: Look, look: Look, seconds: number): boolean =>
  look.verdict !== before.verdict ||
  (look.evidence !== before.evidence && seconds >= every.evidence) ||
  seconds >= every.anything;
