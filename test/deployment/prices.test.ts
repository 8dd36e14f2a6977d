import { readFileSync } from "node:fs";
import path from "node:path";
import { hoursAMonth, instanceHour, priceDates, servicePrices } from "../../deployment/prices.ts";

test("knows what the default types cost in the environments' region, and that prices differ by region", () => {
  const of = (region: string) => ["t3.micro", "t3.small", "m7i.large"].map((type) => instanceHour(region, type));
  expect(of("eu-central-1")).toEqual([0.012, 0.024, 0.12075]);
  expect(of("us-east-1")).toEqual([0.0104, 0.0208, 0.1008]);
  expect(servicePrices("eu-central-1")?.natGatewayHour).toBe(0.052);
  expect(hoursAMonth).toBe(730);
});

test("guesses nothing: an unknown type and an unknown region have no price", () => {
  expect(instanceHour("eu-central-1", "x9.large")).toBeUndefined();
  expect(instanceHour("xx-north-9", "t3.small")).toBeUndefined();
  expect(servicePrices("us-east-1")).toBeUndefined();
});

test("names the date and the source of each part, and has no price that is none", () => {
  const file = path.resolve(import.meta.dirname, "../../deployment/prices.json");
  const { instances, services } = JSON.parse(readFileSync(file, "utf8")) as Record<
    "instances" | "services",
    { date: string; source: string; regions: Record<string, Record<string, number>> }
  >;
  expect(priceDates).toEqual({ instances: instances.date, services: services.date });
  for (const { date, source, regions } of [instances, services]) {
    expect(date).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    expect(source.length).toBeGreaterThan(40);
    expect(
      Object.values(regions)
        .flatMap(Object.values)
        .filter((price) => !(price > 0)),
    ).toEqual([]);
  }
});
