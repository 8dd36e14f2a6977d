import fc from "fast-check";
import { endText, freezeAt, freezeSchema, type FreezeWindow } from "../../../cli/analysis/freeze.ts";

interface Entry {
  from: string;
  to: string;
  timeZone: string;
  reason: string;
}
const entry = (change: Partial<Entry> = {}): Entry => ({
  from: "fri 16:00",
  to: "mon 08:00",
  timeZone: "Europe/Berlin",
  reason: "nobody is there at the weekend",
  ...change,
});
const windows = (...entries: Partial<Entry>[]): FreezeWindow[] => freezeSchema.parse(entries.map(entry));
const at = (iso: string): number => Date.parse(iso);
const until = (all: readonly FreezeWindow[], iso: string): string | undefined => {
  const freeze = freezeAt(all, at(iso));
  return freeze && new Date(freeze.until).toISOString();
};

describe("a weekly freeze", () => {
  test.each<[string, string, string | undefined]>([
    ["Friday before it", "2026-11-27T14:59:59Z", undefined],
    ["Friday at its beginning", "2026-11-27T15:00:00Z", "2026-11-30T07:00:00.000Z"],
    ["Sunday", "2026-11-29T12:00:00Z", "2026-11-30T07:00:00.000Z"],
    ["Monday right before its end", "2026-11-30T06:59:59Z", "2026-11-30T07:00:00.000Z"],
    ["Monday at its end", "2026-11-30T07:00:00Z", undefined],
    ["the weekend in which clocks are put forward", "2026-03-28T12:00:00Z", "2026-03-30T06:00:00.000Z"],
    ["the weekend in which clocks are put back", "2026-10-24T12:00:00Z", "2026-10-26T07:00:00.000Z"],
  ])("%s", (_, moment, end) => expect(until(windows({}), moment)).toBe(end));

  test("given it begins in the hour that clocks leave out, then it begins before that hour", () => {
    const all = windows({ from: "sun 02:30", to: "sun 05:00" });
    expect(until(all, "2026-03-29T00:29:59Z")).toBeUndefined();
    expect(until(all, "2026-03-29T00:30:00Z")).toBe("2026-03-29T03:00:00.000Z");
  });

  test("given it begins and ends in the hour that comes twice, then it is both", () => {
    const all = windows({ from: "sun 02:15", to: "sun 02:30" });
    expect(until(all, "2026-10-25T00:15:00Z")).toBe("2026-10-25T01:30:00.000Z");
    expect(until(all, "2026-10-25T01:29:59Z")).toBe("2026-10-25T01:30:00.000Z");
    expect(until(all, "2026-10-25T01:30:00Z")).toBeUndefined();
  });

  const zones = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu", "UTC"];
  /** The clock in a zone, by Intl alone: minutes since Monday 00:00. */
  const minuteOfWeek = (timeZone: string, moment: number): number => {
    const parts = new Intl.DateTimeFormat("en", {
      timeZone,
      hourCycle: "h23",
      weekday: "short",
      hour: "numeric",
      minute: "numeric",
    }).formatToParts(moment);
    const part = (type: string) => parts.find((one) => one.type === type)?.value ?? "";
    const day = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].indexOf(part("weekday"));
    return day * 1440 + Number(part("hour")) * 60 + Number(part("minute"));
  };
  const hour = 3_600_000;
  /** Whether clocks are put forward or back within three hours. */
  const isNearChange = (timeZone: string, moment: number): boolean => {
    const offset = (time: number) =>
      (minuteOfWeek(timeZone, time) - Math.floor(time / 60_000) + 1e9 * 1440 * 7) % 10_080;
    return [-3, 3].some((hours) => offset(moment + hours * hour) !== offset(moment));
  };
  const dayNames = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
  const time = (minute: number): string => {
    const two = (value: number) => String(value).padStart(2, "0");
    return `${dayNames[Math.floor(minute / 1440)]} ${two(Math.floor((minute % 1440) / 60))}:${two(minute % 60)}`;
  };
  /** Moments of which half lie within hours of a change of the clocks in Berlin, New York or Lord Howe. */
  const changes = [
    "2026-03-29T01:00Z",
    "2026-10-25T01:00Z",
    "2026-03-08T07:00Z",
    "2026-11-01T06:00Z",
    "2026-04-04T15:00Z",
  ];
  const moments = fc.oneof(
    fc.integer({ min: at("2025-01-01T00:00Z"), max: at("2027-12-31T00:00Z") }),
    fc
      .tuple(fc.constantFrom(...changes), fc.integer({ min: -6 * hour, max: 6 * hour }))
      .map(([iso, by]) => at(iso) + by),
  );

  test("given any zone, then it holds where the clock on the wall is in it, and elsewhere only around a change of the clocks", () =>
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: 0, max: 10_079 }),
        fc.integer({ min: 1, max: 10_079 }),
        moments,
        (timeZone, from, length, moment) => {
          const to = (from + length) % 10_080;
          fc.pre(Math.floor(from / 1440) !== Math.floor(to / 1440) || to > from);
          const all = windows({ from: time(from), to: time(to), timeZone });
          const isInside = (minuteOfWeek(timeZone, moment) - from + 10_080) % 10_080 < length;
          const freeze = freezeAt(all, moment);
          if (isInside) expect(freeze).toBeDefined();
          else if (!isNearChange(timeZone, moment)) expect(freeze).toBeUndefined();
          if (freeze !== undefined) {
            expect(freeze.until).toBeGreaterThan(moment);
            expect(freezeAt(all, freeze.until)).toBeUndefined();
            expect(freezeAt(all, freeze.until - 1)).toBeDefined();
          }
        },
      ),
      { numRuns: 2_000 },
    ));
});

describe("a freeze by dates", () => {
  const all = windows({ from: "2026-12-21", to: "2027-01-06", reason: "Christmas business" });
  test.each<[string, string, string | undefined]>([
    ["the last second before its first day", "2026-12-20T22:59:59Z", undefined],
    ["its first day", "2026-12-20T23:00:00Z", "2027-01-06T23:00:00.000Z"],
    ["its last day, whole", "2027-01-06T22:59:59Z", "2027-01-06T23:00:00.000Z"],
    ["the day behind it", "2027-01-06T23:00:00Z", undefined],
  ])("%s", (_, moment, end) => expect(until(all, moment)).toBe(end));

  test("given times, then it begins and ends with them", () => {
    const timed = windows({ from: "2026-12-21 18:00", to: "2026-12-22 06:30", timeZone: "America/New_York" });
    expect(until(timed, "2026-12-21T22:59:59Z")).toBeUndefined();
    expect(until(timed, "2026-12-21T23:00:00Z")).toBe("2026-12-22T11:30:00.000Z");
  });
});

test("given one freeze ends within the next, then people are told the end of the last, and the reason of the first", () => {
  const all = windows(
    { from: "2026-12-24", to: "2026-12-26", timeZone: "UTC", reason: "Christmas" },
    { from: "sat 00:00", to: "mon 08:00", timeZone: "UTC" },
  );
  // 2026-12-26 is a Saturday.
  const freeze = freezeAt(all, at("2026-12-25T12:00:00Z"));
  expect(freeze).toMatchObject({ reason: "Christmas", until: at("2026-12-28T08:00:00Z") });
  expect(freeze && endText(freeze)).toBe("2026-12-28 08:00 UTC");
});

describe("fails on what can't be meant", () => {
  const faults = (...entries: unknown[]): string[] =>
    (freezeSchema.safeParse(entries).error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);
  const times = "a weekday and a time such as fri 16:00, or a date such as 2026-12-21 or 2026-12-21 18:00";
  const zone = "a time zone by its IANA name, such as Europe/Berlin or UTC";

  test.each<[string, Partial<Entry>, string]>([
    ["a weekday alone", { from: "fri" }, `0.from: ${times}`],
    ["a time alone", { to: "08:00" }, `0.to: ${times}`],
    ["an hour of 24", { to: "mon 24:00" }, `0.to: ${times}`],
    ["a day that is not there", { from: "2026-02-30", to: "2026-03-01" }, `0.from: ${times}`],
    ["a cron line", { from: "0 16 * * 5" }, `0.from: ${times}`],
    ["a weekday to a date", { to: "2026-12-21" }, "0.to: a weekday and a time, as from is"],
    ["a date to a weekday", { from: "2026-12-21" }, "0.to: a date, as from is"],
    [
      "times of a day that are the wrong way round",
      { from: "fri 16:00", to: "fri 08:00" },
      "0.to: a time after fri 16:00",
    ],
    ["no time at all", { from: "fri 16:00", to: "fri 16:00" }, "0.to: a time after fri 16:00"],
    ["reversed dates", { from: "2027-01-06", to: "2026-12-21" }, "0.to: a time after 2027-01-06"],
    ["an unknown zone", { timeZone: "Europe/Berlim" }, `0.timeZone: ${zone}`],
    ["an offset", { timeZone: "+01:00" }, `0.timeZone: ${zone}`],
    ["no reason", { reason: " " }, "0.reason: a text"],
  ])("%s", (_, change, said) => expect(faults(entry(change))).toEqual([said]));

  test.each<[string, Partial<Entry>, Partial<Entry>, string]>([
    ["weekly ones", {}, { from: "sun 10:00", to: "tue 10:00" }, "fri 16:00 to mon 08:00"],
    ["weekly ones, the second within the first", {}, { from: "sat 00:00", to: "sat 12:00" }, "fri 16:00 to mon 08:00"],
    [
      "dates of two zones",
      { from: "2026-12-21", to: "2026-12-22" },
      { from: "2026-12-22 18:00", to: "2026-12-23", timeZone: "UTC" },
      "2026-12-21 to 2026-12-22",
    ],
  ])("%s that overlap", (_, first, second, other) =>
    expect(faults(entry(first), entry(second))).toEqual([
      `1.from: a time that does not overlap with ${other}: where one ends, the next one may begin`,
    ]),
  );

  test("but not on two that follow one another, on weekly ones of two zones, nor on a holiday with a weekend in it", () =>
    expect(
      faults(
        entry(),
        entry({ from: "mon 08:00", to: "mon 09:00" }),
        entry({ timeZone: "America/New_York" }),
        entry({ from: "2026-12-21", to: "2027-01-06" }),
      ),
    ).toEqual([]));
});
