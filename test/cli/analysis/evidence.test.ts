import { countsOf, slide, type Sample } from "../../../cli/analysis/evidence.ts";

const good = (ms: number): Sample => ({ failed: false, ms });
const bad: Sample = { failed: true, ms: 5000 };

test.each<[string, Sample[], ReturnType<typeof countsOf>]>([
  ["nothing", [], { sent: 0, failed: 0, p95: undefined }],
  ["failures have no time", [bad, bad], { sent: 2, failed: 2, p95: undefined }],
  ["one answer", [good(7)], { sent: 1, failed: 0, p95: 7 }],
  ["the 19th of 20", Array.from({ length: 20 }, (_, index) => good(20 - index)), { sent: 20, failed: 0, p95: 19 }],
  ["of the good ones", [bad, good(3), good(1)], { sent: 3, failed: 1, p95: 3 }],
])("counts: %s", (_, samples, counts) => expect(countsOf(samples)).toEqual(counts));

test("a fault that begins now outweighs an hour of good answers", () => {
  const hour = slide(
    Array.from({ length: 18_000 }, () => good(1)),
    [],
  );
  const now = slide(hour, [bad, bad, bad]);
  expect(countsOf(now)).toMatchObject({ sent: 200, failed: 3 });
});
