/** The steps that a release would take, by the decisions that take them: without a call. */
import type { Settings } from "../../config/schema.ts";
import { byColor, healthyTargetsNeeded, other, weightsFor, type Color } from "../../deployment/model.ts";
import { formatDuration } from "../analysis/duration.ts";
import {
  imageName,
  type FleetFacts,
  type ImageFacts,
  type LiveState,
  type PauseRecord,
  type ReleaseSettings,
} from "../state/model.ts";
import { nothingDone, remember } from "../rollout/memory.ts";
import type { Goal, Next } from "../rollout/next.ts";
import { pointText, stepOrPause } from "../rollout/pause-points.ts";
import { servingNow, stagingChange } from "../rollout/stage.ts";
import { shiftChange } from "../rollout/traffic.ts";

/** One step, as it is foreseen. */
export interface PlannedStep {
  readonly kind: Next["kind"];
  /** For people: `green gets v2.0.0, 2 instances`. */
  readonly what: string;
  /** Seconds that it lasts by the release's own options; undefined: as long as it takes. */
  readonly seconds?: number;
  /** Settings that it changes; undefined: it updates nothing. */
  readonly change?: Partial<ReleaseSettings>;
}

/** What is foreseen of a release. */
export interface Foreseen {
  readonly steps: readonly PlannedStep[];
  /** Why it would stop before its end; undefined: nothing that can be told now stops it. */
  readonly refusal?: string;
}

type Bounds = Pick<Settings, "minSize" | "maxSize">;

/** More than any strategy takes: `linear=1%/1s` shifts and holds 99 times. */
const mostSteps = 250;

/**
 * Follows a release from the world as it is, each step by the decision that the release makes itself, and with the effect that
 * it has when it goes well.
 */
export function foresee(world: LiveState, goal: Goal, image: ImageFacts, bounds: Bounds): Foreseen {
  const steps: PlannedStep[] = [];
  let memory = nothingDone;
  for (let here = world; steps.length < mostSteps;) {
    const next = stepOrPause(here, goal, memory);
    if (next.kind === "done") return { steps };
    if (next.kind === "paused" || next.kind === "expire") {
      const { after: point, until } = next.pause;
      const why = `it is paused ${pointText(point)} until ${until}: bluegreen continue goes on, bluegreen rollback goes back`;
      return { steps, refusal: why };
    }
    if (next.kind === "refuse" || next.kind === "rollback") return { steps, refusal: next.why };
    const { what, change } = described(here, next, image, bounds);
    steps.push({ kind: next.kind, what, seconds: "seconds" in next ? next.seconds : undefined, change });
    here = after(here, next, image, change);
    memory = remember(memory, next, here.weights.live);
  }
  return { steps, refusal: `it does not end within ${mostSteps} steps` };
}

type Forward = Exclude<Next, { kind: "done" | "refuse" | "rollback" | "paused" | "expire" }>;

function described(
  world: LiveState,
  next: Forward,
  image: ImageFacts,
  bounds: Bounds,
): { what: string; change?: Partial<ReleaseSettings> } {
  const name = imageName(image);
  switch (next.kind) {
    case "recover":
      return { what: `what was cut off is put in order: ${next.why}` };
    case "stage": {
      const change = stagingChange(world, bounds, image, next.previewSize);
      const size = next.previewSize > 0 ? next.previewSize : change.capacityFloor;
      return { what: `${next.color} gets ${name}, ${size} ${size === 1 ? "instance" : "instances"}`, change };
    }
    case "check":
      return { what: `${name} is tried through the preview listener` };
    case "prove": {
      const old = other(next.color);
      return { what: `${name} and ${imageName(world.fleets[old].image)} on ${old} read what the other one writes` };
    }
    case "shift":
      return {
        what: `${next.color} gets ${next.weight} % of the requests`,
        change: shiftChange(world, next.color, next.weight),
      };
    case "hold":
      return { what: `${name} is watched with ${world.weights.live[next.color]} %` };
    case "flip":
      return { what: `${next.color} gets all requests`, change: shiftChange(world, next.color, 100) };
    case "bake":
      return { what: `${name} is watched with all requests, and checked again` };
    case "pause": {
      const { after: point, since, until, then } = next.pause;
      const longest = formatDuration((Date.parse(until) - Date.parse(since)) / 1000);
      return { what: `it waits for somebody ${pointText(point)}, at most ${longest}, and then: ${then}` };
    }
    case "keep":
      return { what: `${other(servingNow({ world }))} stays as the rollback target` };
    case "retire":
      return {
        what: `${next.color} is emptied: no rollback from then on`,
        change: { standby: "off", standbyWeight: 0, capacityFloor: 0, previewSize: 0 },
      };
  }
}

/** The world once a step has gone well. */
function after(world: LiveState, next: Forward, image: ImageFacts, change: Partial<ReleaseSettings> = {}): LiveState {
  const seconds = "seconds" in next ? Math.max(1, next.seconds) : 0;
  const at = world.at + seconds * 1000;
  const deployed = { ...world.settings.deployed, ...change };
  const awsTime = world.awsTime + seconds * 1000;
  const changed = withRecord({ ...world, at, awsTime, settings: { ...world.settings, deployed } }, next, image);
  switch (next.kind) {
    case "recover":
      return inOrder(changed);
    case "stage":
      return staged(changed, next.color, next.previewSize, image);
    case "shift":
    case "flip":
      return moved(changed, next.color, next.kind === "flip" ? 100 : next.weight);
    case "pause":
      return continued(changed, next.pause);
    case "bake":
    case "check":
    case "prove":
    case "hold":
    case "keep":
      return changed;
    case "retire":
      return withFleet(changed, next.color, { capacity: { minSize: 0, maxSize: 0 }, desired: 0, healthy: 0 });
  }
}

/** The pause has been, and somebody went on at once. */
function continued(world: LiveState, pause: PauseRecord): LiveState {
  const { record } = world;
  const ended = { ...pause, ended: { how: "continued" as const, at: pause.since, by: "plan" } };
  return { ...world, record: record && { ...record, pauses: [...(record.pauses ?? []), ended] } };
}

function inOrder(world: LiveState): LiveState {
  const { live } = world.weights;
  return {
    ...world,
    weights: { live, recorded: live },
    pending: [],
    unknownGroups: [],
    unknownPolicies: [],
    changedGroups: [],
    fleets: byColor((color) => ({ ...world.fleets[color], staleTargets: [] })),
  };
}

function staged(world: LiveState, color: Color, previewSize: number, image: ImageFacts): LiveState {
  const { capacityFloor } = world.settings.deployed;
  const full = healthyTargetsNeeded(100, world.fleets[other(color)].healthy);
  const size = previewSize > 0 ? previewSize : Math.max(capacityFloor, full);
  const { maxSize } = world.fleets[other(color)].capacity;
  return withFleet(world, color, {
    image,
    templateImage: image.imageId,
    templateAhead: false,
    capacity: { minSize: size, maxSize: Math.max(size, maxSize) },
    desired: size,
    registered: size,
    healthy: size,
    staleTargets: [],
    suspended: [],
  });
}

function moved(world: LiveState, color: Color, weight: number): LiveState {
  const live = weightsFor(color, 100 - weight);
  const { record } = world;
  const noted = record && {
    ...record,
    weights: [...record.weights, { at: new Date(world.at).toISOString(), ...live }],
    servesSince: weight === 100 ? new Date(world.at).toISOString() : record.servesSince,
  };
  return { ...world, weights: { live, recorded: live }, record: noted };
}

/** The release's record, as its steps write it. */
function withRecord(world: LiveState, next: Forward, image: ImageFacts): LiveState {
  const { record } = world;
  const at = new Date(world.at).toISOString();
  if (next.kind === "bake" && record) return { ...world, record: { ...record, outcome: "released", endedAt: at } };
  const isForward = next.kind === "stage" || next.kind === "check" || next.kind === "shift" || next.kind === "flip";
  if (!isForward || (record?.outcome === "running" && record.image.imageId === image.imageId)) return world;
  const serving = servingNow({ world });
  return {
    ...world,
    record: {
      id: at,
      stack: world.stack,
      color: other(serving),
      image,
      from: { color: serving, image: world.fleets[serving].image },
      by: "plan",
      startedAt: at,
      stage: "stage",
      outcome: "running",
      weights: [{ at, ...world.weights.live }],
      checks: [],
    },
  };
}

const withFleet = (world: LiveState, color: Color, change: Partial<FleetFacts>): LiveState => ({
  ...world,
  fleets: byColor((one) => (one === color ? { ...world.fleets[one], ...change } : world.fleets[one])),
});
