/** A moment by both clocks of this process. */
export interface Moment {
  readonly wall: number;
  readonly monotonic: number;
}

export const thisMoment = (): Moment => ({ wall: Date.now(), monotonic: performance.now() });

/** Seconds that have passed at most: the monotonic clock stands still while a machine sleeps, the wall clock may be set back. */
export const secondsSince = ({ wall, monotonic }: Moment): number =>
  Math.max(Date.now() - wall, performance.now() - monotonic) / 1000;
