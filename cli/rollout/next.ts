/** What a release does next, read from the world alone: a pure decision, so that it can be cut off and begun again anywhere. */
import { healthyTargetsNeeded, other, servingColor, shares, type Color } from "../../deployment/model.ts";
import type { Pause } from "../analysis/pauses.ts";
import { nextMove, type Strategy } from "../analysis/strategy.ts";
import { replacementFault } from "./held.ts";
import {
  imageName,
  type FleetFacts,
  type PauseRecord,
  type ReleaseRecord,
  type LiveState,
  type Until,
} from "../state/model.ts";

/** What a release is to lead to. */
export interface Goal {
  readonly imageId: string;
  readonly strategy: Strategy;
  /** Seconds that the new colour is watched with all the traffic. */
  readonly bakeSeconds: number;
  /** Instances that the new colour begins with, to be tried; 0: all at once. */
  readonly previewSize: number;
  /** Seconds after the bake that the old colour stays as the rollback target; undefined: until somebody retires it. */
  readonly retireAfterSeconds?: number;
  /** Whether the rollback is proved before the first request moves; default: false. */
  readonly provesRollback?: boolean;
  /** Where it waits for people. */
  readonly pauses: readonly Pause[];
  readonly until: Until;
}

export type Next =
  | { readonly kind: "recover"; readonly why: string }
  | { readonly kind: "stage"; readonly color: Color; readonly previewSize: number }
  | { readonly kind: "check"; readonly color: Color }
  /** That the old colour reads what this one writes, and the other way round. */
  | { readonly kind: "prove"; readonly color: Color }
  | { readonly kind: "shift"; readonly color: Color; readonly weight: number }
  | { readonly kind: "hold"; readonly color: Color; readonly seconds: number }
  | { readonly kind: "flip"; readonly color: Color }
  | { readonly kind: "bake"; readonly color: Color; readonly seconds: number }
  | { readonly kind: "pause"; readonly color: Color; readonly pause: PauseRecord }
  /** It waits for people. */
  | { readonly kind: "paused"; readonly pause: PauseRecord }
  /** Nobody has decided in time. */
  | { readonly kind: "expire"; readonly pause: PauseRecord }
  | { readonly kind: "rollback"; readonly to: Color; readonly why: string }
  | { readonly kind: "keep"; readonly seconds: number }
  | { readonly kind: "retire"; readonly color: Color }
  | { readonly kind: "done"; readonly color: Color }
  | { readonly kind: "refuse"; readonly why: string };

/** What a run of a release knows beside the world. */
export interface Memory {
  /** The image may be released here: asked once a run, before anything is changed. */
  readonly fit: boolean;
  /** No freeze stands against it, or it goes on in one: asked once a run, too. One that has begun goes to its end. */
  readonly unfrozen: boolean;
  /** The checks have gone well since the image was staged: they are cheap, so each run does them anew. */
  readonly checked: boolean;
  /** So has the proof of the rollback, with the standby at full size. */
  readonly proved: boolean;
  /**
   * Percent with which this run has watched the new colour, and found it well; undefined: none. What happened to it since a
   * run that was cut off, nobody has seen.
   */
  readonly watched?: number;
  /** How often it has staged. */
  readonly staged: number;
  /** Whether it has put the stack in order because of targets that are none of a fleet's: once is enough. */
  readonly repaired: boolean;
}

/** A serving fleet may grow while the standby comes up, and then the standby grows after it; but not for ever. */
const stagings = 5;

/** Seconds of a watch at least: no traffic goes on to the next step upon the word of another run. */
const shortestWatch = 1;

/** The next step from here to the goal. */
export function nextStep(world: LiveState, goal: Goal, memory: Memory): Next {
  const next = wantedStep(world, goal, memory);
  if (next.kind !== "stage" || memory.staged < stagings) return next;
  const { healthy, desired, staleTargets } = world.fleets[next.color];
  const needed = healthyTargetsNeeded(100, world.fleets[other(next.color)].healthy);
  const others =
    staleTargets.length > 0 ? `, and its target group holds ${staleTargets.join(", ")}, which are none of its own` : "";
  return {
    kind: "refuse",
    why: `${next.color} is not whole after ${stagings} updates: ${healthy} of ${desired} instances are healthy, and it needs ${needed}${others}. Look at it with bluegreen status, and give the same command again.`,
  };
}

function wantedStep(world: LiveState, goal: Goal, { checked, proved, watched, repaired }: Memory): Next {
  const { record } = world;
  const broken = unfinished(world);
  if (broken !== undefined) return { kind: "recover", why: broken };
  const { live } = world.weights;
  const serving = servingColor(live, world.settings.deployed.activeColor);
  const standby = other(serving);
  const mine = record?.outcome === "running" && record.image.imageId === goal.imageId ? record : undefined;
  if (mine?.stage === "rollback") return { kind: "rollback", to: mine.from.color, why: mine.why ?? "it was begun" };

  if (world.fleets[serving].image.imageId === goal.imageId) return afterFlip(world, goal, serving);
  const staged = world.fleets[standby];
  // The state may be behind: a run that was killed had brought the fleet up, and never wrote it down.
  const off = staged.capacity.maxSize === 0 || world.settings.deployed.standby === "off";
  if (staged.image.imageId !== goal.imageId || off) {
    if (live[standby] > 0) {
      const what = imageName(staged.image);
      return {
        kind: "refuse",
        why: `${standby} (${what}) gets ${live[standby]} % of the requests: another release is under way. Finish it, or go back: bluegreen rollback.`,
      };
    }
    if (record !== undefined && isBaking(world, record)) {
      const what = imageName(record.image);
      return {
        kind: "refuse",
        why: `the bake of ${what} is not over, and ${standby} is its rollback target, which this would replace. Let bluegreen bake finish it (--for 0s: one last look), or go back: bluegreen rollback.`,
      };
    }
    // Another image comes with another group, whose predecessor must get empty.
    const held = staged.image.imageId === goal.imageId ? undefined : replacementFault(staged);
    if (held !== undefined) return { kind: "refuse", why: `${held}.` };
    return { kind: "stage", color: standby, previewSize: goal.previewSize };
  }
  const full = healthyTargetsNeeded(100, world.fleets[serving].healthy);
  if (live[standby] === 0 && world.settings.deployed.previewSize > 0) {
    if (staged.healthy < Math.min(world.settings.deployed.previewSize, full))
      return { kind: "stage", color: standby, previewSize: world.settings.deployed.previewSize };
    return checked ? { kind: "stage", color: standby, previewSize: 0 } : { kind: "check", color: standby };
  }
  // With traffic, what is not healthy is for the next look to judge, which may go back; an update would only wait for it.
  const short =
    live[standby] > 0
      ? staged.desired < full
      : staged.healthy < full || staged.staleTargets.length > 0 || hasForeignTemplate(staged);
  if (short && staged.staleTargets.length > 0 && !repaired) {
    const why = `the target group of ${standby} holds ${staged.staleTargets.join(", ")}, which are none of its fleet`;
    return { kind: "recover", why };
  }
  if (short) return { kind: "stage", color: standby, previewSize: 0 };
  if (live[standby] === 0 && !checked) return { kind: "check", color: standby };
  if (live[standby] === 0 && goal.provesRollback && !proved) return { kind: "prove", color: standby };
  const last = mine?.weights.at(-1);
  const since = last?.blue === live.blue && last.green === live.green ? last.at : undefined;
  const heldSeconds = since === undefined ? 0 : secondsSince(world, since);
  const move = nextMove(goal.strategy, { weight: live[standby], heldSeconds });
  if (move.kind !== "hold" && live[standby] > 0 && watched !== live[standby])
    return { kind: "hold", color: standby, seconds: shortestWatch };
  return { ...move, color: standby };
}

function afterFlip(world: LiveState, goal: Goal, serving: Color): Next {
  const { record, weights } = world;
  const old = other(serving);
  if (weights.live[old] > 0) {
    return {
      kind: "refuse",
      why: `the traffic is split (${shares(weights.live)}) while ${serving} already has this image: somebody tries another one. Finish that release, or go back: bluegreen rollback.`,
    };
  }
  const own = record?.image.imageId === goal.imageId && record.color === serving ? record : undefined;
  if (own?.outcome === "running") {
    const left = goal.bakeSeconds - (own.servesSince === undefined ? 0 : secondsSince(world, own.servesSince));
    // A bake of no length still looks once.
    return { kind: "bake", color: serving, seconds: Math.max(0, left) };
  }
  const off = world.fleets[old].capacity.maxSize === 0;
  if (goal.retireAfterSeconds === undefined || off) return { kind: "done", color: serving };
  const left = own?.endedAt === undefined ? 0 : goal.retireAfterSeconds - secondsSince(world, own.endedAt);
  return left > 0 ? { kind: "keep", seconds: left } : { kind: "retire", color: old };
}

/** Whether an update that ended between launch template and group has left the template changed: the next one replaces the group. */
export const hasForeignTemplate = ({ image, templateImage, templateAhead }: FleetFacts): boolean =>
  templateAhead === true || (templateImage !== undefined && templateImage !== image.imageId);

/** Whether a release is in its bake: its own image has all of the requests. A colour alone says nothing of what is on it. */
export const isBaking = ({ weights, fleets }: LiveState, record: ReleaseRecord): boolean =>
  record.outcome === "running" &&
  weights.live[record.color] === 100 &&
  fleets[record.color].image.imageId === record.image.imageId;

/** What an earlier run left half done, as a sentence; undefined: nothing. */
export function unfinished({
  pending,
  unknownGroups,
  unknownPolicies,
  changedGroups,
  weights: { live, recorded },
}: LiveState): string | undefined {
  if (pending.length > 0)
    return `an update was cut off while it worked on ${pending.map((urn) => urn.split("::").at(-1)).join(", ")}`;
  if (live.blue !== recorded.blue || live.green !== recorded.green)
    return `the live weights are ${shares(live)}, the state says ${shares(recorded)}`;
  if (unknownGroups.length > 0)
    return `Auto Scaling groups carry this stack's tags and are not in its state: ${unknownGroups.join(", ")}`;
  if (unknownPolicies.length > 0)
    return `scaling policies of this stack's groups are not in its state: ${unknownPolicies.join(", ")}`;
  if (changedGroups.length > 0)
    return `Auto Scaling groups have other bounds than the state says: ${changedGroups.join(", ")}`;
  return undefined;
}

const secondsSince = ({ at }: LiveState, time: string): number => Math.max(0, (at - Date.parse(time)) / 1000);
