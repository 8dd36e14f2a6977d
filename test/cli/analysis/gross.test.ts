import { isGross } from "../../../cli/analysis/gross.ts";

const interval = (sent: number, failed: number, oldSent: number, oldFailed: number) => ({
  release: { sent, failed },
  baseline: { sent: oldSent, failed: oldFailed },
});

test.each<[string, Parameters<typeof isGross>[0], boolean]>([
  ["three of four fail", interval(20, 15, 20, 0), true],
  ["one less fails", interval(20, 14, 20, 0), false],
  ["too few were sent", interval(19, 19, 20, 0), false],
  ["the old colour has no requests", interval(20, 20, 0, 0), true],
  ["the old colour fails half as often as what is down", interval(40, 40, 40, 15), false],
  ["the old colour fails a little less than that", interval(40, 40, 40, 14), true],
])("given that %s, whether a colour is down", (_, given, expected) => expect(isGross(given)).toBe(expected));
