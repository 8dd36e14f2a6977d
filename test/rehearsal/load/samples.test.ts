import fc from "fast-check";
import { type Sample, shares, windowOf } from "../../../rehearsal/load/samples.ts";

const good = (at: number, color?: string, ms = 1): Sample => ({
  at,
  ms,
  color,
  version: color && `${color}-1`,
  status: 200,
});
const bad = (at: number, color?: string): Sample => ({ at, ms: 1, color, status: 502, failure: "HTTP 502: x" });

describe("windowOf", () => {
  const samples = [
    good(10, "blue", 4),
    good(20, "green", 2),
    bad(30, "green"),
    good(40, "blue", 9),
    good(50),
    good(60, "green"),
  ];

  it("counts what lies in the span, its ends included", () => {
    expect(windowOf(samples, 20, 50)).toMatchObject({
      sent: 4,
      failed: 1,
      byColor: { blue: 1, green: 1, none: 2 },
      byVersion: { "blue-1": 1, "green-1": 1 },
      errors: [bad(30, "green")],
    });
  });

  test.each<[string, number | undefined, number | undefined, number | undefined]>([
    ["green", undefined, 20, 60],
    ["green", 21, 60, 60],
    ["blue", undefined, 10, 40],
    ["blue", 41, undefined, 40],
    ["red", undefined, undefined, undefined],
  ])("%s since %s: first %s, last %s; failures don't count", (color, since, first, last) => {
    const window = windowOf(samples, 0, 100);
    expect([window.firstOf(color, since), window.lastOf(color)]).toEqual([first, last]);
  });

  it("gives latencies of good answers", () =>
    expect(windowOf(samples, 0, 45).latency).toEqual({ p50: 4, p99: 9, max: 9 }));

  it("is all zeros without samples", () =>
    expect(windowOf([], 0, 1)).toMatchObject({ sent: 0, failed: 0, latency: { p50: 0, p99: 0, max: 0 } }));
});

describe("shares", () => {
  it("add up to the rate and differ by one at most", () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 1, max: 100 }), (rate, connections) => {
        const all = shares(rate, connections);
        expect(all).toHaveLength(connections);
        expect(all.reduce((sum, share) => sum + share)).toBe(rate);
        expect(Math.max(...all) - Math.min(...all)).toBeLessThanOrEqual(1);
      }),
    ));

  test.each([0, -1, 1.5, NaN])("fail for a rate of %s", (rate) =>
    expect(() => shares(rate, 2)).toThrow("whole number"),
  );
});
