import { Distribution } from "../../../../packages/local-aws/cloudwatch/distribution.ts";

function of(values: number[]): Distribution {
  const distribution = new Distribution();
  values.forEach((value) => distribution.add(value));
  return distribution;
}

function merged(...parts: number[][]): Distribution {
  const all = new Distribution();
  parts.forEach((part) => all.merge(of(part)));
  return all;
}

/** The true percentile, by nearest rank. */
function exact(values: number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? NaN;
}

const spread = Array.from({ length: 5000 }, (_, index) => 0.0002 * 1.003 ** ((index * 7919) % 5000));

test.each([0, 1, 50, 90, 95, 99, 99.9, 100])("p%p is good to 2 %%", (percent) => {
  for (const distribution of [of(spread), merged(spread.slice(0, 1234), spread.slice(1234))]) {
    const off = distribution.percentile(percent) / exact(spread, percent);
    expect(Math.abs(off - 1)).toBeLessThan(0.02);
  }
});

test.each<[string, Distribution]>([
  ["one by one", of([1, 1, 3])],
  ["equal parts", merged([1, 1], [3])],
  ["with nothing", merged([], [1, 1, 3], [])],
  ["a spread part and an even one", merged([1, 3], [1])],
  ["an even part and a spread one", merged([1], [1, 3])],
])("counts, sums and keeps the ends: %s", (_name, { count, sum, minimum, maximum }) => {
  expect([count, sum, minimum, maximum]).toEqual([3, 5, 1, 3]);
});

test.each<[string, Distribution, number]>([
  ["equal values exactly", of([0.7, 0.7]), 0.7],
  ["a part of equal values among others", merged([1, 1, 1], [9]), 1],
  ["values below and above all buckets within the ends", of([0, 1e9]), 0],
  ["none as none", of([]), NaN],
])("gives the median of %s", (_name, distribution, expected) => {
  const median = distribution.percentile(50);
  expect(Number.isNaN(expected) ? Number.isNaN(median) : Math.abs(median - expected) < 0.02).toBe(true);
});
