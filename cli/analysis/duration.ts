import { CliError } from "../error.ts";

/** Longest duration, in seconds: what Amazon ECS allows for a bake (`bakeTimeInMinutes`, 1440). */
const longest = 24 * 60 * 60;

/** What `parseDuration` takes, for messages. */
export const durationForm = "hours, minutes and seconds such as 90s, 10m, 1h or 1h30m, at most 24h";

/** Longest time in which somebody may decide, in seconds: what Amazon ECS allows for its pauses (`timeoutInMinutes`, 20160). */
const longestPause = 14 * 24 * 60 * 60;

/** What `parsePauseTimeout` takes, for messages. */
export const pauseTimeoutForm = "days, hours, minutes and seconds such as 2d, 36h or 30m, more than 0s and at most 14d";

/**
 * Seconds of `90s`, `10m`, `1h30m`: whole numbers with a unit, the greater unit first; 0 to 24 hours.
 * @throws CliError (usage) for anything else
 */
export function parseDuration(text: string): number {
  const total = secondsOf(text);
  if (total !== undefined) return total;
  throw new CliError("usage", `${JSON.stringify(text)} is no duration. Allowed: ${durationForm}.`);
}

/** The same; undefined: it is none. */
export function secondsOf(text: string): number | undefined {
  const total = secondsIn(text);
  return total !== undefined && total <= longest && !text.includes("d") ? total : undefined;
}

/** Seconds of `2d`, `36h`, `30m`; undefined: it is none that a pause may last. */
export function parsePauseTimeout(text: string): number | undefined {
  const total = secondsIn(text);
  return total !== undefined && total > 0 && total <= longestPause ? total : undefined;
}

function secondsIn(text: string): number | undefined {
  const found = /^(?=\d)(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?$/.exec(text);
  if (found === null) return undefined;
  const [days, hours, minutes, seconds] = found.slice(1).map((part: string | undefined) => Number(part ?? 0));
  return days * 86_400 + hours * 3_600 + minutes * 60 + seconds;
}

/** A duration as these read it, without parts that are 0; rounded to whole seconds. Hours count on to 48. */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  const days = whole >= 2 * 86_400 ? Math.floor(whole / 86_400) : 0;
  const rest = whole - days * 86_400;
  const parts = [`${days}d`, `${Math.floor(rest / 3600)}h`, `${Math.floor((rest % 3600) / 60)}m`, `${rest % 60}s`];
  return parts.filter((part) => !part.startsWith("0")).join("") || "0s";
}
