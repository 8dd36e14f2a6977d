import fc from "fast-check";
import { formatDuration, parseDuration, parsePauseTimeout } from "../../../cli/analysis/duration.ts";

test.each<[string, number]>([
  ["90s", 90],
  ["10m", 600],
  ["1h", 3600],
  ["1h30m", 5400],
  ["1h0m5s", 3605],
  ["0s", 0],
  ["24h", 86_400],
])("%s is %i seconds", (text, seconds) => expect(parseDuration(text)).toBe(seconds));

test.each([
  "",
  "10",
  "10 m",
  "1.5h",
  "-1s",
  "30m1h",
  "1m1m",
  "10min",
  "h",
  "24h1s",
  "9999999s",
  "1H",
  "1d",
  "x1h",
  "1h ",
  "1440m1s",
])("fails on %j, and says what is allowed", (text) =>
  expect(() => parseDuration(text)).toThrow(
    `${JSON.stringify(text)} is no duration. Allowed: hours, minutes and seconds such as 90s, 10m, 1h or 1h30m, at most 24h.`,
  ),
);

test.each<[number, string]>([
  [0, "0s"],
  [59.4, "59s"],
  [59.6, "1m"],
  [5400, "1h30m"],
  [3605, "1h5s"],
  [86_400, "24h"],
  [172_799, "47h59m59s"],
  [172_800, "2d"],
  [183_845, "2d3h4m5s"],
])("%d seconds read %s", (seconds, text) => expect(formatDuration(seconds)).toBe(text));

test("what is formatted can be read again", () =>
  fc.assert(fc.property(fc.nat(86_400), (seconds) => parseDuration(formatDuration(seconds)) === seconds)));

test.each<[string, number | undefined]>([
  ["1s", 1],
  ["2d", 172_800],
  ["1d12h30m", 131_400],
  ["14d", 1_209_600],
  ["14d1s", undefined],
  ["0s", undefined],
  ["soon", undefined],
])("a pause of %s lasts %p seconds", (text, seconds) => expect(parsePauseTimeout(text)).toBe(seconds));

test("what is no duration is a fault of usage", () =>
  expect(() => parseDuration("soon")).toThrow(expect.objectContaining({ code: "usage" }) as Error));
