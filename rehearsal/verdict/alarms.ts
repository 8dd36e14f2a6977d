import type { AlarmFacts } from "../../cli/state/model.ts";
import { times, type Counted } from "./colour.ts";

/** The stack's defaults: percent of 5xx, and seconds of the p95; of minutes with so many requests. */
const threshold = { errorPercent: 1, p95: 1_000, requests: 20 } as const;

/** p95 of a minute, in milliseconds. */
export const p95Of = ({ sent, failed, slow }: Counted): number =>
  slow > 0.05 * (sent - failed) ? times.slow : times.quick;

const bad = {
  errors: (one: Counted) => 100 * one.failed > threshold.errorPercent * one.sent,
  p95: (one: Counted) => p95Of(one) > threshold.p95,
} as const;

/**
 * A colour's alarms, as CloudWatch judges them: above their thresholds in two of the last three minutes that it has told.
 * @param minutes of the colour, those without requests too
 * @param since milliseconds: when each minute's alarm went on, by the part's name
 */
export function alarmsOf(
  color: string,
  minutes: readonly Counted[],
  since: Map<string, string>,
  at: string,
): AlarmFacts[] {
  const parts = Object.entries(bad).map(([part, isBad]): AlarmFacts => {
    const last = minutes.slice(-3).filter((one) => one.sent >= threshold.requests && isBad(one));
    const name = `app-${color}-${part}`;
    if (last.length < 2) since.delete(name);
    else if (!since.has(name)) since.set(name, at);
    return { name, state: since.has(name) ? "ALARM" : "OK", composite: false, since: since.get(name) };
  });
  const isOn = parts.some(({ state }) => state === "ALARM");
  return [
    { name: `app-${color}`, state: isOn ? "ALARM" : "OK", composite: true, since: isOn ? at : undefined },
    ...parts,
  ];
}
