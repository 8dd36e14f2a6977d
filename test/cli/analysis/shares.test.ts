import { defaultLimits } from "../../../cli/analysis/limits.ts";
import { errorFault, latencyFault, percent, shareOf, slowFrom } from "../../../cli/analysis/shares.ts";
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

const p95 = (value: number | undefined, sent = 20, failed = 0) => ({ sent, failed, p95: value });
test.each<[string, Parameters<typeof latencyFault>[0], Parameters<typeof latencyFault>[1], string | undefined]>([
  ["twice the old colour's and 100 ms more is allowed", p95(300), p95(100), undefined],
  ["more is not", p95(300.6), p95(99.6), "301 ms, 299 ms allowed: the old colour's is 100 ms"],
  ["nothing to compare with", p95(9000), undefined, undefined],
  ["few answers", p95(9000, 19), p95(100), undefined],
  ["few answers of the old colour", p95(9000), p95(100, 19), undefined],
  ["requests that failed are no answers", p95(9000, 30, 11), p95(100), undefined],
  ["nor the old colour's", p95(9000), p95(100, 30, 11), undefined],
  ["no p95", p95(undefined), p95(100), undefined],
  ["no p95 of the old colour", p95(9000), p95(undefined), undefined],
])("latency: %s", (_, counts, old, fault) => expect(latencyFault(counts, old, defaultLimits)).toBe(fault));

test("an answer is slow from that limit on", () => expect(slowFrom(50, { p95Factor: 3, p95Slack: 7 })).toBe(157));

test("shares are told in tenths of a percent", () => {
  expect(percent(of(8, 1))).toBe(12.5);
  expect(shareOf(of(3, 1))).toBe("33.3 % of 3");
  expect(shareOf(of(0, 0))).toBe("is not known");
  expect(shareOf(undefined)).toBe("is not known");
});
