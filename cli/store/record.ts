/** What is kept of a release, and how it grows: without a call. */
import { randomBytes } from "node:crypto";
import { outsideText } from "../../deployment/outside-text.ts";
import type {
  CheckResult,
  FreezeOverride,
  ImageFacts,
  Outcome,
  PauseEnd,
  PauseRecord,
  ReleaseRecord,
  Stage,
  VerdictRecord,
} from "../state/model.ts";

/** What a release begins with. */
export type Begun = Pick<ReleaseRecord, "stack" | "color" | "image" | "from" | "by">;

/** What happens to a release. Times are ISO 8601, UTC. */
export type ReleaseEvent =
  | { kind: "weights"; at: string; blue: number; green: number }
  | { kind: "check"; check: CheckResult }
  | { kind: "verdict"; verdict: VerdictRecord }
  /** `why`: for a rollback, what made it necessary. */
  | { kind: "stage"; stage: Stage; why?: string }
  /** The new colour has all the traffic. */
  | { kind: "serves"; at: string }
  /** It waits for people from now on. */
  | { kind: "paused"; pause: PauseRecord }
  /** It waits no longer. */
  | { kind: "resumed"; end: PauseEnd }
  /** It goes on though nothing is to be released now. */
  | { kind: "freeze"; override: FreezeOverride }
  | { kind: "ended"; at: string; outcome: Exclude<Outcome, "running">; why?: string };

/** Characters of a check's detail and of a reason that are kept: DynamoDB takes 400 KB an item, and a check may print without end. */
const DETAIL = 500;
const shortened = (why: string | undefined) => (why === undefined ? undefined : outsideText(why, DETAIL));

/**
 * The record of a release that begins now. Its id begins with the time, to the millisecond, so that ids sort by age.
 * @param newest the newest record of the stack: the new one sorts after it, also where this host's clock is behind the other's
 */
export function newRecord(begun: Begun, now: Date, newest?: ReleaseRecord): ReleaseRecord {
  const earliest = newest === undefined ? 0 : Date.parse(newest.startedAt) + 1;
  const startedAt = new Date(Math.max(now.getTime(), earliest)).toISOString();
  const id = `${startedAt}-${randomBytes(2).toString("hex")}`;
  return { id, ...begun, startedAt, stage: "stage", outcome: "running", weights: [], checks: [] };
}

/**
 * The record after an event. One that has ended never changes. Times never go back, also where a clock does: an event counts
 * as no earlier than the one before it. Weights that are seen again add nothing; the colour serves since the first time that
 * it was said.
 */
export function recordAfter(record: ReleaseRecord, event: ReleaseEvent): ReleaseRecord {
  if (record.outcome !== "running") return record;
  switch (event.kind) {
    case "weights": {
      const { blue, green } = event;
      const last = record.weights.at(-1);
      if (last?.blue === blue && last.green === green) return record;
      return { ...record, weights: [...record.weights, { at: later(record, event.at), blue, green }] };
    }
    case "check": {
      const detail = outsideText(event.check.detail, DETAIL);
      return { ...record, checks: [...record.checks, { ...event.check, detail }] };
    }
    case "verdict":
      return { ...record, verdict: { ...event.verdict, why: shortened(event.verdict.why) } };
    case "stage":
      return { ...record, stage: event.stage, why: shortened(event.why) ?? record.why };
    case "serves":
      return { ...record, servesSince: record.servesSince ?? later(record, event.at) };
    case "paused":
      return openPause(record) ? record : { ...record, pauses: [...(record.pauses ?? []), event.pause] };
    case "resumed": {
      const open = openPause(record);
      if (open === undefined) return record;
      const end = { ...event.end, why: shortened(event.end.why) };
      return { ...record, pauses: [...(record.pauses ?? []).slice(0, -1), { ...open, ended: end }] };
    }
    case "freeze": {
      const override = { ...event.override, why: outsideText(event.override.why, DETAIL) };
      const last = record.duringFreeze?.at(-1);
      // Whoever goes on with it says the same again.
      if (last?.why === override.why && last.until === override.until) return record;
      return { ...record, duringFreeze: [...(record.duringFreeze ?? []), override] };
    }
    case "ended":
      return {
        ...record,
        outcome: event.outcome,
        endedAt: later(record, event.at),
        why: shortened(event.why) ?? record.why,
      };
  }
}

/** The time of an event, or the latest that the record knows where that is later. */
function later({ startedAt, weights, servesSince }: ReleaseRecord, at: string): string {
  return [startedAt, weights.at(-1)?.at, servesSince].reduce<string>(
    (latest, known) => (known !== undefined && Date.parse(known) > Date.parse(latest) ? known : latest),
    at,
  );
}

/** The pause in which a release waits; undefined: it waits for nobody. One that has ended does not wait. */
export function openPause({
  outcome,
  pauses = [],
}: Pick<ReleaseRecord, "outcome" | "pauses">): PauseRecord | undefined {
  const last = pauses.at(-1);
  return outcome === "running" && last?.ended === undefined ? last : undefined;
}

/**
 * Whether a stack has served an image and kept it: the last time that it had traffic, its release ended well.
 * @param records newest first
 * @param isImage whether a record is about that image
 */
export function servedBefore(records: readonly ReleaseRecord[], isImage: (image: ImageFacts) => boolean): boolean {
  const last = records.find(
    (record) =>
      isImage(record.image) &&
      (record.outcome === "released" || (record.outcome === "rolled-back" && hadTraffic(record))),
  );
  return last?.outcome === "released";
}

/** Whether the image that was released has had requests. */
export const hadTraffic = ({ weights, color }: Pick<ReleaseRecord, "weights" | "color">): boolean =>
  weights.some((weight) => weight[color] > 0);
