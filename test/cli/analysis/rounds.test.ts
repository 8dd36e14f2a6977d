import type { Sample } from "../../../cli/analysis/evidence.ts";
import { defaultRules } from "../../../cli/analysis/limits.ts";
import { askInRounds } from "../../../cli/analysis/rounds.ts";

/** So many samples, the first of which failed. */
const samples = (count: number, failed = 0): Sample[] =>
  Array.from({ length: count }, (_, index) => ({ failed: index < failed, ms: 10 }));

/** Asks until it ends. @param answer failures of a round: the release's, and the old colour's, if there is one */
async function rounds(requests: number, answer: (round: number) => [own: number, old?: number]) {
  const asked: number[] = [];
  const found = await askInRounds({
    rules: defaultRules,
    requests,
    pause: () => Promise.resolve(),
    ask: (count) => {
      const [own, old] = answer(asked.push(count));
      if (asked.length > 200) throw new Error("nobody expected it to ask without end");
      return Promise.resolve({ own: samples(count, own), old: old === undefined ? undefined : samples(count, old) });
    },
  });
  return { asked, found };
}

test("given nothing fails, then as many are asked as wanted, at once", async () => {
  const { asked, found } = await rounds(60, () => [0, 0]);
  expect(asked).toEqual([60]);
  expect(found).toMatchObject({ own: { sent: 60, failed: 0, p95: 10 }, old: { sent: 60, failed: 0 } });
  expect(found.evidence?.evidence).toBe(1);
});

test("given no old colour, then nothing is compared, however much fails", async () => {
  const { asked, found } = await rounds(50, () => [25]);
  expect(asked).toEqual([50]);
  expect(found).toMatchObject({ own: { sent: 50, failed: 25 } });
  expect([found.old, found.evidence]).toEqual([undefined, undefined]);
});

test("given both fail as much, then it asks no further", async () =>
  expect((await rounds(50, () => [2, 2])).asked).toEqual([50]));

test("given the old colour fails more, then it asks no further", async () =>
  expect((await rounds(50, () => [1, 2])).asked).toEqual([50]));

test("given the release fails more, then it asks in rounds of 100 until the evidence is enough", async () => {
  const { asked, found } = await rounds(10, () => [5, 0]);
  expect(asked.slice(0, 3)).toEqual([10, 100, 100]);
  expect(found.own.sent).toBeLessThan(2_000);
  expect(found.evidence?.evidence).toBeGreaterThanOrEqual(found.evidence?.threshold ?? Infinity);
  const before = await rounds(10, (round) => (round < asked.length ? [5, 0] : [0, 0]));
  expect(before.asked.length).toBeGreaterThan(asked.length - 1);
});

test("given failures that stop, then it asks until the old colour has as many, or to the end: 3000 to each", async () => {
  const { asked, found } = await rounds(100, (round) => (round === 1 ? [1, 0] : [0, 0]));
  expect(found.own.sent).toBe(3_000);
  expect(asked).toHaveLength(30);
  expect((await rounds(100, (round) => (round === 1 ? [1, 0] : [0, 1]))).asked).toHaveLength(2);
});
