/** What a release would do, and what stands against it. */
import type { Settings } from "../../config/schema.ts";
import { other, type ByColor, type Color } from "../../deployment/model.ts";
import { listenerName } from "../../deployment/names.ts";
import { imageName, type ImageFacts, type LiveState, type ReleaseRecord } from "../state/model.ts";
import { servingNow } from "../rollout/stage.ts";
import { costOf, type PlannedCost } from "./cost.ts";
import type { Objection } from "./objections.ts";
import type { Previewed } from "./preview.ts";
import type { Foreseen, PlannedStep } from "./steps.ts";

/** A step with what is known of its length and of the resources that it touches. */
export interface TimedStep extends Omit<PlannedStep, "change"> {
  /** Seconds that this step took in the median of earlier releases; undefined: it is a time of its own, or nobody knows. */
  readonly usualSeconds?: number;
  /** Logical names of the resources that its update touches; undefined: known when it is its turn. */
  readonly touches?: readonly string[];
}

/** What `plan` knows, and what its `--json` prints. */
export interface ReleasePlan {
  readonly stack: string;
  readonly image: ImageFacts;
  readonly serving: { readonly color: Color; readonly image: ImageFacts };
  readonly weights: ByColor<number>;
  readonly steps: readonly TimedStep[];
  /** Seconds of the steps whose length is known. */
  readonly seconds: number;
  /** What the rollback will be, and until when. */
  readonly rollback: readonly string[];
  /** What runs beside the serving fleet meanwhile. */
  readonly capacity?: string;
  /** What that costs; undefined: nothing runs beside it. */
  readonly cost?: PlannedCost;
  readonly against: readonly Objection[];
  /** What could not be asked. */
  readonly unknown: readonly Objection[];
}

export interface PlanArgs {
  readonly world: LiveState;
  readonly image: ImageFacts;
  readonly foreseen: Foreseen;
  readonly settings: Pick<Settings, "instanceType" | "spotPercentage">;
  /** Hours that a standby is meant to stay after its release, by the project file. */
  readonly standbyHours: number;
  /** Of the first step that updates; undefined: none does, or something must be put in order before. */
  readonly previewed?: Previewed;
  readonly against: readonly Objection[];
  readonly unknown: readonly Objection[];
}

export function planOf(args: PlanArgs): ReleasePlan {
  const { world, image, foreseen, previewed, settings, standbyHours } = args;
  const color = servingNow({ world });
  const staging = usualStaging([world.record, ...world.earlier]);
  const first = foreseen.steps.findIndex(({ change }) => change !== undefined);
  const steps = foreseen.steps.map(({ kind, what, seconds }, index): TimedStep => {
    const moves = kind === "shift" || kind === "flip";
    const told = index === first ? previewed?.touched : undefined;
    const touches = told ?? (moves ? [listenerName] : undefined);
    return { kind, what, seconds, usualSeconds: kind === "stage" ? staging : undefined, touches };
  });
  const seconds = Math.round(steps.reduce((sum, step) => sum + (step.seconds ?? step.usualSeconds ?? 0), 0));
  const stop = foreseen.refusal === undefined ? [] : [{ by: "the stack as it is", why: foreseen.refusal }];
  return {
    stack: world.stack,
    image,
    serving: { color, image: world.fleets[color].image },
    weights: world.weights.live,
    steps,
    seconds,
    rollback: rollbackLines(args, color),
    capacity: capacityLine(args),
    cost: costOf({ world, steps: foreseen.steps, settings, seconds, standbyHours }),
    against: [...stop, ...args.against, ...(previewed?.against ?? [])],
    unknown: args.unknown,
  };
}

/** Seconds from a release's begin to its first check, in the median of those that are on record. */
function usualStaging(records: readonly (ReleaseRecord | undefined)[]): number | undefined {
  const known = records
    .flatMap((record) => (record?.checks[0] ? [Date.parse(record.checks[0].at) - Date.parse(record.startedAt)] : []))
    .sort((a, b) => a - b);
  const median = known[Math.floor(known.length / 2)];
  return median === undefined ? undefined : Math.round(median / 1000);
}

function rollbackLines({ world, image, foreseen }: PlanArgs, serving: Color): string[] {
  const target = world.fleets[serving].image;
  const standby = world.fleets[other(serving)];
  if (target.imageId === image.imageId) return [`${serving} has this image already: see bluegreen status`];
  const retires = foreseen.steps.some(({ kind }) => kind === "retire");
  const until = retires ? "the release retires it" : "bluegreen retire";
  const lines = [
    `until ${until}: bluegreen rollback gives ${serving} (${imageName(target)}) all requests again, by one update of ${listenerName}`,
    "before traffic moves, a release that fails switches the standby off again, or puts it back as it was",
  ];
  const replaced = standby.capacity.maxSize > 0 && standby.image.imageId !== image.imageId;
  const stages = foreseen.steps.some(({ kind }) => kind === "stage");
  return replaced && stages
    ? [...lines, `${imageName(standby.image)} on ${other(serving)}, today's rollback target, goes with the staging`]
    : lines;
}

function capacityLine({ world, foreseen, settings }: PlanArgs): string | undefined {
  const floor = foreseen.steps.find(({ kind }) => kind === "stage")?.change?.capacityFloor;
  if (floor === undefined) return undefined;
  const standby = other(servingNow({ world }));
  const more = Math.max(0, floor - world.fleets[standby].desired);
  const until = foreseen.steps.some(({ kind }) => kind === "retire")
    ? "the release retires a fleet"
    : "bluegreen retire";
  return `${more} more ${more === 1 ? "instance" : "instances"} of ${settings.instanceType} from the staging until ${until}`;
}
