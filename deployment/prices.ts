/** List prices of AWS, as a dated table has them. What it does not have is unknown: nobody guesses here. */
import table from "./prices.json" with { type: "json" };

/** What a service costs in a region, USD. */
export type ServicePrices = (typeof table.services.regions)["eu-central-1"];

/** When AWS's list said so, ISO 8601: the day of the table's source. */
export const priceDates = { instances: table.instances.date, services: table.services.date };

/** Hours that AWS's calculator takes for a month. */
export const hoursAMonth = 730;

type ByRegion<T> = Readonly<Record<string, T | undefined>>;

/** USD that an instance of Linux costs an hour on demand; undefined: the table has no such type, or no such region. */
export const instanceHour = (region: string, type: string): number | undefined =>
  (table.instances.regions as ByRegion<ByRegion<number>>)[region]?.[type];

/** Prices of the services in a region; undefined: the table has none of it. */
export const servicePrices = (region: string): ServicePrices | undefined =>
  (table.services.regions as ByRegion<ServicePrices>)[region];
