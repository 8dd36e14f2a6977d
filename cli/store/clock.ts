import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";

/**
 * Milliseconds since 1970 by AWS's clock, as the client's last answer told it, in whole seconds: by this host's own before one.
 *
 * The SDK signs with a clock that it corrects by each answer's Date, so AWS serves also a host whose clock is hours off: a
 * lease that is written by one host and read by another needs that corrected clock.
 */
export const awsTime = (client: DynamoDBClient): number => Date.now() + client.config.systemClockOffset;

/** A moment by both clocks of this process. */
export interface Moment {
  readonly wall: number;
  readonly monotonic: number;
}

export const thisMoment = (): Moment => ({ wall: Date.now(), monotonic: performance.now() });

/** Seconds that have passed at most: the monotonic clock stands still while a machine sleeps, the wall clock may be set back. */
export const secondsSince = ({ wall, monotonic }: Moment): number =>
  Math.max(Date.now() - wall, performance.now() - monotonic) / 1000;
