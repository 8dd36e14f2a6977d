import { CliError } from "../error.ts";

/** Longest duration, in seconds: what Amazon ECS allows for a bake (`bakeTimeInMinutes`, 1440). */
const longest = 24 * 60 * 60;

/** What `parseDuration` takes, for messages. */
export const durationForm = "hours, minutes and seconds such as 90s, 10m, 1h or 1h30m, at most 24h";

/**
 * Seconds of `90s`, `10m`, `1h30m`: whole numbers with a unit, the greater unit first; 0 to 24 hours.
 * @throws CliError (usage) for anything else
 */
export function parseDuration(text: string): number {
  const [, hours, minutes, seconds] = /^(?=\d)(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?$/.exec(text) ?? [];
  const total = Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0);
  if ((hours ?? minutes ?? seconds) !== undefined && total <= longest) return total;
  throw new CliError("usage", `${JSON.stringify(text)} is no duration. Allowed: ${durationForm}.`);
}

/** A duration as `parseDuration` reads it, without parts that are 0; rounded to whole seconds. */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  const parts = [`${Math.floor(whole / 3600)}h`, `${Math.floor((whole % 3600) / 60)}m`, `${whole % 60}s`];
  return parts.filter((part) => !part.startsWith("0")).join("") || "0s";
}
