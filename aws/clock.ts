/** A client of the SDK that has a clock: all of those that sign their requests. */
interface Signing {
  readonly config: { readonly systemClockOffset: number };
}

/**
 * Milliseconds since 1970 by AWS's clock, as the client's last answer told it, in whole seconds: by this host's own before one.
 *
 * The SDK signs with a clock that it corrects by each answer's Date, so AWS serves also a host whose clock is hours off: what
 * AWS or another host has written can be compared with that corrected clock alone.
 */
export const awsTime = ({ config }: Signing): number => Date.now() + config.systemClockOffset;
