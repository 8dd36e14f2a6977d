import type { TimeSeries } from "@bluegreen/metric-math";

/** An alarm's state. */
export type StateValue = "OK" | "ALARM" | "INSUFFICIENT_DATA";

/** What an alarm does with periods that have no data. */
export const missingDataTreatments = ["breaching", "notBreaching", "ignore", "missing"] as const;

/** One of them. */
export type TreatMissingData = (typeof missingDataTreatments)[number];

/** M out of N, and what missing data means. */
export interface Terms {
  /** N: how many datapoints are judged. */
  evaluationPeriods: number;
  /** M: how many of them must breach. */
  datapointsToAlarm: number;
  treatMissingData: TreatMissingData;
  breaches(value: number): boolean;
}

/** Periods beyond N that CloudWatch looks at for real datapoints; its documents show 2. */
export const extraPeriods = 2;

/**
 * Judges an alarm by CloudWatch's rules ("How alarm state is evaluated when data is missing").
 * @param range The evaluation range, the oldest period first: N and two more.
 * @returns The new state; undefined: the present one is kept.
 */
export function judge(range: TimeSeries, terms: Terms): StateValue | undefined {
  const { evaluationPeriods, datapointsToAlarm, treatMissingData } = terms;
  const real = range.filter((value) => value !== undefined).slice(-evaluationPeriods);
  const breaching = real.filter((value) => terms.breaches(value)).length;
  const missing = evaluationPeriods - real.length;
  if (breaching >= datapointsToAlarm) return "ALARM";
  if (missing === 0) return "OK";
  switch (treatMissingData) {
    case "breaching":
      return breaching + missing >= datapointsToAlarm ? "ALARM" : "OK";
    case "notBreaching":
      return "OK";
    case "ignore":
      return breaching < real.length ? "OK" : undefined;
    case "missing": {
      if (breaching < real.length) return "OK";
      // Nothing but breaches since a moment that lies M periods back: CloudWatch does not wait for more.
      const oldest = range.findIndex((value) => value !== undefined);
      return oldest >= 0 && range.length - oldest >= datapointsToAlarm ? "ALARM" : "INSUFFICIENT_DATA";
    }
  }
}
