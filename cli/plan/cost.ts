import type { Settings } from "../../config/schema.ts";
import { other } from "../../deployment/model.ts";
import { instanceHour, priceDates } from "../../deployment/prices.ts";
import { formatDuration } from "../analysis/duration.ts";
import { servingNow } from "../rollout/stage.ts";
import type { LiveState } from "../state/model.ts";
import type { PlannedStep } from "./steps.ts";

/** What the second fleet costs while both run. */
export interface PlannedCost {
  readonly instances: number;
  readonly instanceType: string;
  readonly region: string;
  /** USD an hour for them on demand, by AWS's list of `pricesOf`; undefined: the table lacks the type in this region. */
  readonly usdAnHour?: number;
  readonly pricesOf: string;
  /** Percent of them that is bought as Spot, for less. */
  readonly spotPercentage: number;
  /** Hours that the release takes, by its options and by earlier stagings, and that the old fleet is meant to stay after it. */
  readonly hours: { readonly release: number; readonly standby: number };
  /** USD for all of these hours; undefined: no price is known. */
  readonly usd?: number;
}

export interface CostArgs {
  readonly world: LiveState;
  readonly steps: readonly PlannedStep[];
  readonly settings: Pick<Settings, "instanceType" | "spotPercentage">;
  /** Seconds of the steps whose length is known. */
  readonly seconds: number;
  /** Hours that a standby is meant to stay once its release has ended, where that retires none. */
  readonly standbyHours: number;
}

/** What both fleets cost beside each other; undefined: the release leaves one alone. */
export function costOf({ world, steps, settings, seconds, standbyHours }: CostArgs): PlannedCost | undefined {
  const floors = steps.map(({ kind, change }) => (kind === "stage" ? change?.capacityFloor : undefined));
  const floor = floors.findLast((one) => one !== undefined);
  const instances = floor ?? world.fleets[other(servingNow({ world }))].desired;
  if (instances === 0 || steps.length === 0) return undefined;
  const { region } = world;
  const { instanceType, spotPercentage } = settings;
  const one = instanceHour(region, instanceType);
  const usdAnHour = one === undefined ? undefined : one * instances;
  const retires = steps.some(({ kind }) => kind === "retire");
  const hours = { release: seconds / 3_600, standby: retires ? 0 : standbyHours };
  const usd = usdAnHour === undefined ? undefined : usdAnHour * (hours.release + hours.standby);
  return { instances, instanceType, region, usdAnHour, pricesOf: priceDates.instances, spotPercentage, hours, usd };
}

/** The same for people. */
export function costText(cost: PlannedCost): string {
  const { instances, instanceType, region, usdAnHour, pricesOf, spotPercentage, hours, usd } = cost;
  const fleet = `${instances} ${instanceType} beside the serving fleet`;
  if (usdAnHour === undefined || usd === undefined)
    return `${fleet}; what that costs is not known: the price table of ${pricesOf} lacks it in ${region}`;
  const price = `${usdAnHour.toFixed(3)} USD an hour on demand in ${region}, by the list of ${pricesOf}`;
  const spot = spotPercentage > 0 ? `, less for the ${spotPercentage} % that is bought as Spot` : "";
  const release = `${formatDuration(hours.release * 3_600)} of the release`;
  const standby = `${formatDuration(hours.standby * 3_600)} that the old fleet stays after it (standbyHours)`;
  const span = hours.standby > 0 ? `${release} and ${standby}` : release;
  return `${fleet}: ${price}${spot}; ${usd.toFixed(2)} USD for ${span}`;
}
