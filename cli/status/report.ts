import { byColor, type ByColor, type Color } from "../../deployment/model.ts";
import type { RollbackReadiness } from "../../deployment/rollback-readiness.ts";
import type { DriftCounts } from "../drift/report.ts";
import type {
  AlarmFacts,
  FleetFacts,
  ImageFacts,
  PausePoint,
  ReleaseRecord,
  Stage,
  LiveState,
  VerdictRecord,
} from "../state/model.ts";
import { openPause } from "../store/record.ts";
import { differences, type Difference } from "./differences.ts";
import { headline } from "./headline.ts";
import { rollbackFacts } from "./rollback.ts";
import { outlived, standbyFacts, type StandbyFacts } from "./standby.ts";
import { roleOf, serving, type Role } from "./words.ts";

/** What `status` knows of a stack, and what its `--json` prints. Times are ISO 8601 where not said otherwise. */
export interface StatusReport {
  readonly stack: string;
  /** When the stack was read. */
  readonly at: string;
  readonly headline: string;
  /** Who serves; undefined: the listener sends requests to neither colour. */
  readonly serving?: {
    readonly color: Color;
    readonly percent: number;
    readonly image: ImageFacts;
    /** Since when it has all the requests; undefined where no release's record tells. */
    readonly since?: string;
  };
  readonly weights: LiveState["weights"];
  /** Where settings' file, state and world differ. Empty: nowhere. */
  readonly differences: readonly Difference[];
  readonly fleets: ByColor<FleetFacts & { readonly role: Role; readonly percent: number }>;
  readonly alarms: { readonly total: number; readonly notOk: readonly AlarmFacts[] };
  /** The release that is under way. */
  readonly release?: {
    readonly color: Color;
    readonly image: ImageFacts;
    readonly stage: Stage;
    readonly since: string;
    readonly by: string;
    readonly why?: string;
    /** What it was judged by last. */
    readonly verdict?: VerdictRecord;
  };
  /** It waits for people; `expired`: its time is over, and the next command that goes on does what was declared. */
  readonly pause?: {
    readonly after: PausePoint;
    readonly since: string;
    readonly until: string;
    readonly then: "rollback" | "continue";
    readonly expired: boolean;
    readonly commands: { readonly continue: string; readonly rollback: string };
  };
  readonly lock?: { readonly by: string; readonly doing: string; readonly since: string; readonly expired: boolean };
  readonly rollback: RollbackReadiness;
  /** The fleet that stands by, and what it costs; undefined: none has instances. */
  readonly standby?: StandbyFacts;
  /** What somebody should look at, though nothing is broken. */
  readonly warnings: readonly string[];
  /** URNs of what an operation that was killed was doing. */
  readonly pending: readonly string[];
  /** How much differs from the declared state; undefined: that was not asked. */
  readonly drift?: DriftCounts;
}

/** What a report depends on beside the stack. */
export interface ReportOptions {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Hours after its release's end that a standby or a floor is meant to stay. */
  readonly standbyHours: number;
  /** What `drift` found, if it was asked. */
  readonly drift?: DriftCounts;
}

export function statusReport(world: LiveState, { now, standbyHours, drift }: ReportOptions): StatusReport {
  const { stack, fleets, record, lock, weights, pending } = world;
  const color = serving(world);
  const alarms = [...world.alarms.blue, ...world.alarms.green, ...world.loadBalancerAlarms];
  return {
    stack,
    at: new Date(world.at).toISOString(),
    headline: headline(world),
    serving: color && {
      color,
      percent: weights.live[color],
      image: fleets[color].image,
      since: servesSince(world, color),
    },
    weights,
    differences: differences(world),
    fleets: byColor((one) => ({ ...fleets[one], role: roleOf(world, one), percent: weights.live[one] })),
    alarms: { total: alarms.length, notOk: alarms.filter(({ state }) => state !== "OK") },
    release: record?.outcome === "running" ? underWay(record) : undefined,
    pause: pauseOf(world),
    lock: lock && { by: lock.holder.by, doing: lock.doing, since: lock.since, expired: lock.expires <= now },
    rollback: pausedStaging(world) ?? rollbackFacts(world),
    standby: standbyFacts(world),
    warnings: outlived(world, now, standbyHours),
    pending,
    drift,
  };
}

const underWay = ({ color, image, stage, startedAt, by, why, verdict }: ReleaseRecord): StatusReport["release"] => ({
  color,
  image,
  stage,
  since: startedAt,
  by,
  why,
  verdict,
});

/** What is paused before its first request goes by a rollback, and what serves stays. */
function pausedStaging({ record, weights }: LiveState): RollbackReadiness | undefined {
  const isStaged = record !== undefined && openPause(record) !== undefined && weights.live[record.color] === 0;
  return isStaged ? { ready: true, to: record.from.color } : undefined;
}

function pauseOf({ stack, record, awsTime }: LiveState): StatusReport["pause"] {
  const open = record && openPause(record);
  if (open === undefined) return undefined;
  const { after, since, until, then } = open;
  const expired = awsTime >= Date.parse(until);
  const goOn = `bluegreen continue ${expired ? "--expired " : ""}--stack ${stack}`;
  const commands = { continue: goOn, rollback: `bluegreen rollback --stack ${stack}` };
  return { after, since, until, then, expired, commands };
}

/**
 * Since when a colour has all the requests, by the weights that the newest release noted; undefined when that release
 * tells nothing of what is there now (an update without the command came later).
 */
function servesSince({ record, weights, fleets }: LiveState, color: Color): string | undefined {
  if (!record || weights.live[color] !== 100) return undefined;
  const { imageId } = record.color === color ? record.image : record.from.image;
  if (fleets[color].image.imageId !== imageId) return undefined;
  if (record.weights.length === 0) return record.color === color ? record.servesSince : undefined;
  const partial = record.weights.map((entry) => entry[color] !== 100);
  return record.weights[partial.lastIndexOf(true) + 1]?.at;
}
