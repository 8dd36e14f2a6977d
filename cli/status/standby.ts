import { colors, type Color } from "../../deployment/model.ts";
import { hoursAMonth, instanceHour, priceDates } from "../../deployment/prices.ts";
import type { LiveState } from "../state/model.ts";
import { ageText, roleOf } from "./words.ts";

/** What the fleet that stands by costs. */
export interface StandbyFacts {
  readonly color: Color;
  /** Numbers of its instances, by type. */
  readonly instances: Readonly<Record<string, number>>;
  /** USD an hour for its instances on demand, by AWS's list of `pricesOf`; undefined: the table has no price for one of its types. */
  readonly usdAnHour?: number;
  readonly pricesOf: string;
  readonly region: string;
  /** Percent of it that is bought as Spot, for less. */
  readonly spotPercentage: number;
}

/** The fleet that stands by with instances; undefined: there is none. */
export function standbyFacts(world: LiveState): StandbyFacts | undefined {
  const color = colors.find((one) => roleOf(world, one) === "standby" && world.fleets[one].instances.length > 0);
  if (color === undefined) return undefined;
  const { region } = world;
  const fleet = world.fleets[color];
  const types = fleet.instances.map(({ type }) => type ?? "of a type that AWS does not tell");
  const instances: Record<string, number> = {};
  for (const type of types) instances[type] = (instances[type] ?? 0) + 1;
  const prices = types.map((type) => instanceHour(region, type));
  const known = prices.filter((price) => price !== undefined);
  const usdAnHour = known.length < prices.length ? undefined : known.reduce((sum, price) => sum + price, 0);
  const { spotPercentage = 0 } = fleet;
  return { color, instances, usdAnHour, pricesOf: priceDates.instances, region, spotPercentage };
}

/** The same for people. */
export function standbyText({ color, instances, usdAnHour, pricesOf, region, spotPercentage }: StandbyFacts): string {
  const what = Object.entries(instances).map(([type, count]) => `${count} ${type}`);
  const fleet = `${color} keeps ${what.join(" and ")}`;
  if (usdAnHour === undefined)
    return `${fleet}; what that costs is not known: the price table of ${pricesOf} lacks it in ${region}`;
  const spot = spotPercentage > 0 ? `; ${spotPercentage} % of it is bought as Spot, for less` : "";
  const month = Math.round(usdAnHour * hoursAMonth);
  return (
    `${fleet}: ${usdAnHour.toFixed(3)} USD an hour, ${month} a month, ` +
    `on demand in ${region} by the list of ${pricesOf}${spot}`
  );
}

/**
 * What has outlived its release: nothing scales a colour without requests in, and a floor pins both fleets.
 * @param now milliseconds since 1970
 * @param hours how long after its release's end a standby or a floor is meant to stay
 */
export function outlived(world: LiveState, now: number, hours: number): string[] {
  const { record, settings } = world;
  // Without a record nobody knows since when.
  if (record?.endedAt === undefined) return [];
  const age = now - Date.parse(record.endedAt);
  if (age <= hours * 3_600_000) return [];
  const since = `${ageText(age)} after the last release ended`;
  const standby = standbyFacts(world);
  const { capacityFloor } = settings.deployed;
  return [
    ...(standby ? [`${standby.color} still stands by ${since}; bluegreen retire switches it off`] : []),
    ...(capacityFloor > 0
      ? [
          `capacityFloor ${capacityFloor} still keeps the fleets from shrinking ${since}; ` +
            `bluegreen retire lifts it, or pulumi config set capacityFloor 0 and pulumi up`,
        ]
      : []),
  ];
}
