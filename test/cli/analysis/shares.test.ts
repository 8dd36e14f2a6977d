import { defaultLimits } from "../../../cli/analysis/limits.ts";
import { errorFault, percent, shareOf, slowFrom } from "../../../cli/analysis/shares.ts";
import type { Tally } from "../../../cli/analysis/wagers.ts";

const of = (sent: number, failed: number): Tally => ({ sent, failed });

test.each<[string, Tally, Tally | undefined, string | undefined]>([
  ["too few requests say nothing", of(19, 19), undefined, undefined],
  ["enough of them do", of(20, 20), undefined, "100 % of 20, 1 % allowed"],
  ["one percent is allowed", of(100, 1), undefined, undefined],
  ["more is not", of(1000, 11), undefined, "1.1 % of 1000, 1 % allowed"],
  ["a point more than the old colour's is allowed", of(100, 6), of(100, 5), undefined],
  ["more than that is not", of(100, 7), of(100, 5), "7 % of 100, 6 % allowed"],
  ["an old colour with few requests is no measure", of(100, 6), of(19, 19), "6 % of 100, 1 % allowed"],
  ["one with enough is", of(100, 6), of(20, 20), undefined],
  ["an old colour without failures allows no less than one percent", of(100, 1), of(100, 0), undefined],
])("failures: %s", (_, counts, old, fault) => expect(errorFault(counts, old, defaultLimits)).toBe(fault));

test("an answer is slow from that limit on", () => expect(slowFrom(50, { p95Factor: 3, p95Slack: 7 })).toBe(157));

test("shares are told in tenths of a percent", () => {
  expect(percent(of(8, 1))).toBe(12.5);
  expect(shareOf(of(3, 1))).toBe("33.3 % of 3");
  expect(shareOf(of(0, 0))).toBe("is not known");
  expect(shareOf(undefined)).toBe("is not known");
});
