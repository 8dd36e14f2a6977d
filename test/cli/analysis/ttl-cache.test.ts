import { TtlCache } from "../../../cli/analysis/ttl-cache.ts";

function asking() {
  let [now, asked] = [0, 0];
  const cache = new TtlCache(
    2,
    () => now,
    () => Promise.resolve(++asked),
  );
  return { cache, at: (milliseconds: number) => ((now = milliseconds), cache.get()) };
}

test("an answer stands for its time, and not a moment longer", async () => {
  const { at } = asking();
  expect([await at(0), await at(1_999), await at(2_000), await at(3_999), await at(4_000)]).toEqual([1, 1, 2, 2, 3]);
});

test("given it is forgotten, then it is asked again", async () => {
  const { at, cache } = asking();
  await at(0);
  cache.forget();
  expect(await at(1)).toBe(2);
});

test("a failed question is asked again the next time", async () => {
  let fails = true;
  const cache = new TtlCache(
    60,
    () => 0,
    () => (fails ? Promise.reject(new Error("throttled")) : Promise.resolve("ok")),
  );
  await expect(cache.get()).rejects.toThrow("throttled");
  fails = false;
  expect(await cache.get()).toBe("ok");
});
