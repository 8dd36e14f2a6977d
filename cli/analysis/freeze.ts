/** Times in which nothing is released: what the project file says of them, and whether one holds at a moment. Without a call. */
import { Temporal } from "@js-temporal/polyfill";
import { z } from "zod";
import { outsideText } from "../../deployment/outside-text.ts";

const days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

/** What `from` and `to` take, for messages. */
const timeForm = "a weekday and a time such as fri 16:00, or a date such as 2026-12-21 or 2026-12-21 18:00";
const zoneForm = "a time zone by its IANA name, such as Europe/Berlin or UTC";

/** A moment of each week: minutes since Monday 00:00 by the clocks of a zone. */
interface WeeklyTime {
  readonly kind: "weekly";
  readonly minute: number;
}
/** A moment of one day. */
interface DatedTime {
  readonly kind: "dated";
  readonly at: Temporal.PlainDateTime;
}
type Time = WeeklyTime | DatedTime;

interface Bounds<T extends Time> {
  readonly from: T;
  readonly to: T;
  /** As they stand in the file. */
  readonly text: string;
  readonly timeZone: string;
  readonly reason: string;
}
/** A time in which nothing is released: of each week, or once. */
export type FreezeWindow = Bounds<WeeklyTime> | Bounds<DatedTime>;

/** A freeze that holds. */
export interface Freeze {
  /** Of the window that holds now. */
  readonly reason: string;
  /** Milliseconds since 1970: when no window holds any more, those that follow one another included. */
  readonly until: number;
  readonly timeZone: string;
}

const text = z.string({ error: "a text" }).trim().min(1, { error: "a text" });
const entry = z.strictObject({
  from: z.string({ error: timeForm }),
  to: z.string({ error: timeForm }),
  timeZone: z.string({ error: zoneForm }).refine(isZone, { error: zoneForm }),
  reason: text.transform((reason) => outsideText(reason, 200)),
});
export const freezeKeys = entry;

export const freezeSchema = z
  .array(entry.transform(windowOf), { error: "a list of times, each with from, to, timeZone and reason" })
  .superRefine((windows, context) => {
    for (const [index, window] of windows.entries()) {
      const other = windows.slice(0, index).find((earlier) => overlap(earlier, window));
      if (other === undefined) continue;
      const message = `a time that does not overlap with ${other.text}: where one ends, the next one may begin`;
      context.addIssue({ code: "custom", path: [index, "from"], message });
    }
  })
  .default([]);

function windowOf(given: z.output<typeof entry>, context: z.RefinementCtx): FreezeWindow {
  const [from, to] = [timeIn(given.from, "from"), timeIn(given.to, "to")];
  const refuse = (key: "from" | "to", message: string): never => {
    context.addIssue({ code: "custom", path: [key], message });
    return z.NEVER;
  };
  if (from === undefined) return refuse("from", timeForm);
  if (to === undefined) return refuse("to", timeForm);
  const { timeZone, reason } = given;
  const said = { text: `${given.from} to ${given.to}`, timeZone, reason };
  if (from.kind === "weekly" && to.kind === "weekly") {
    const isSameDay = dayOf(from) === dayOf(to);
    // Only on one day it is sure that the two are the wrong way round: fri 16:00 to mon 08:00 goes through the end of the week.
    if (isSameDay && to.minute <= from.minute) return refuse("to", `a time after ${given.from}`);
    return { from, to, ...said };
  }
  if (from.kind !== "dated" || to.kind !== "dated")
    return refuse("to", from.kind === "weekly" ? "a weekday and a time, as from is" : "a date, as from is");
  if (Temporal.PlainDateTime.compare(from.at, to.at) >= 0) return refuse("to", `a time after ${given.from}`);
  return { from, to, ...said };
}

/** A date alone means its beginning as `from`, and its end as `to`. */
function timeIn(given: string, key: "from" | "to"): Time | undefined {
  const clock = /^([01]\d|2[0-3]):([0-5]\d)$/;
  const [first = "", second, ...more] = given.trim().toLowerCase().split(/\s+/);
  const [, hours, minutes] = clock.exec(second ?? "") ?? [];
  if (more.length > 0 || (second !== undefined && hours === undefined)) return undefined;
  const day = days.findIndex((name) => name === first);
  if (day >= 0)
    return hours === undefined
      ? undefined
      : { kind: "weekly", minute: day * minutesOfDay + Number(hours) * 60 + Number(minutes) };
  if (!/^\d{4}-\d\d-\d\d$/.test(first)) return undefined;
  try {
    const date = Temporal.PlainDate.from(first);
    if (hours !== undefined) return { kind: "dated", at: date.toPlainDateTime(`${hours}:${minutes}`) };
    return { kind: "dated", at: (key === "from" ? date : date.add({ days: 1 })).toPlainDateTime() };
  } catch (error) {
    // 2026-02-30.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** An offset such as +01:00 is none: it knows no summer time. */
function isZone(timeZone: string): boolean {
  if (!/^[A-Za-z]/.test(timeZone)) return false;
  try {
    return new Intl.DateTimeFormat("en", { timeZone }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

const minutesOfDay = 24 * 60;
const minutesOfWeek = 7 * minutesOfDay;
const dayOf = ({ minute }: WeeklyTime): number => Math.floor(minute / minutesOfDay);
/** Minutes from one time of the week to the next such other one. */
const minutesTo = (from: WeeklyTime, to: WeeklyTime): number =>
  (to.minute - from.minute + minutesOfWeek) % minutesOfWeek;

const isWeekly = (window: FreezeWindow): window is Bounds<WeeklyTime> => window.from.kind === "weekly";

/**
 * Whether two windows say something twice. Weekly ones of two zones may: each team has its own, and how they lie to each other
 * changes with summer time. So may a weekly one and a dated one: a holiday goes through weekends.
 */
function overlap(one: FreezeWindow, another: FreezeWindow): boolean {
  if (isWeekly(one)) return isWeekly(another) && one.timeZone === another.timeZone && overlapWeekly(one, another);
  if (isWeekly(another)) return false;
  const [first, second] = [spanOf(one), spanOf(another)];
  return first.from < second.to && second.from < first.to;
}

const overlapWeekly = (one: Bounds<WeeklyTime>, another: Bounds<WeeklyTime>): boolean =>
  minutesTo(one.from, another.from) < minutesTo(one.from, one.to) ||
  minutesTo(another.from, one.from) < minutesTo(another.from, another.to);

/** Milliseconds since 1970; `to` is no longer in it. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * Clocks that are put forward leave times out, and clocks that are put back have times twice: the freeze is the longer one of
 * the two that could be meant.
 */
function between(from: Temporal.PlainDateTime, to: Temporal.PlainDateTime, timeZone: string): Span {
  return {
    from: from.toZonedDateTime(timeZone, { disambiguation: "earlier" }).epochMilliseconds,
    to: to.toZonedDateTime(timeZone, { disambiguation: "later" }).epochMilliseconds,
  };
}

const spanOf = ({ from, to, timeZone }: Bounds<DatedTime>): Span => between(from.at, to.at, timeZone);

/** The times at which a window could hold at a moment. */
function spansAround(window: FreezeWindow, at: number): Span[] {
  if (!isWeekly(window)) return [spanOf(window)];
  const { from, to, timeZone } = window;
  const today = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate();
  const monday = today.subtract({ days: today.dayOfWeek - 1 }).toPlainDateTime();
  return [-1, 0, 1].map((weeks) => {
    const begin = monday.add({ weeks }).add({ minutes: from.minute });
    return between(begin, begin.add({ minutes: minutesTo(from, to) }), timeZone);
  });
}

/** Windows that follow one another at most: whoever freezes all of the week is told of an end that is far away. */
const longestChain = 100;

/**
 * The freeze that holds at a moment; undefined: none does.
 * @param at milliseconds since 1970
 */
export function freezeAt(windows: readonly FreezeWindow[], at: number): Freeze | undefined {
  const endOf = (window: FreezeWindow, moment: number): number | undefined =>
    spansAround(window, moment).find(({ from, to }) => from <= moment && moment < to)?.to;
  const holds = windows.find((window) => endOf(window, at) !== undefined);
  if (holds === undefined) return undefined;
  let until = at;
  for (let link = 0; link < longestChain; link++) {
    const ends = windows.flatMap((window) => endOf(window, until) ?? []);
    if (ends.length === 0) break;
    until = Math.max(...ends);
  }
  return { reason: holds.reason, until, timeZone: holds.timeZone };
}

/** The end of a freeze for people, by the clocks of its zone: `2026-11-30 08:00 Europe/Berlin`. */
export function endText({ until, timeZone }: Pick<Freeze, "until" | "timeZone">): string {
  const end = Temporal.Instant.fromEpochMilliseconds(until).toZonedDateTimeISO(timeZone).toPlainDateTime();
  return `${end.toString({ smallestUnit: "minute" }).replace("T", " ")} ${timeZone}`;
}
