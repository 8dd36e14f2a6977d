/** When a release waits for people: pure decisions, from the world alone. */
import { other, servingColor } from "../../deployment/model.ts";
import { shareOf, type Pause } from "../analysis/pauses.ts";
import { imageName, type LiveState, type PausePoint, type PauseRecord, type ReleaseRecord } from "../state/model.ts";
import { openPause } from "../store/record.ts";
import { nextStep, type Goal, type Memory, type Next } from "./next.ts";

/** Whether the time in which somebody may decide is over. */
export const isOver = ({ until }: PauseRecord, awsTime: number): boolean => awsTime >= Date.parse(until);

/** `after its checks`, `after its canary of 10 %`. */
export function pointText(after: PausePoint): string {
  switch (after) {
    case "stage":
      return "after its staging";
    case "check":
      return "after its checks";
    case "cutover":
      return "after its cut-over";
    default:
      return `after its canary of ${shareOf(after)} %`;
  }
}

/** The next step from here to the goal, or the pause that comes before it. */
export function stepOrPause(world: LiveState, goal: Goal, memory: Memory): Next {
  const open = waiting(world, goal);
  if (open !== undefined) return open;
  const next = nextStep(world, goal, memory);
  return pauseDue(world, goal, next) ?? next;
}

/** What a pause that somebody has to end means for a release; undefined: there is none. */
function waiting(world: LiveState, { imageId }: Goal): Next | undefined {
  const { record } = world;
  const pause = record && openPause(record);
  if (record === undefined || pause === undefined) return undefined;
  if (record.image.imageId === imageId) return { kind: isOver(pause, world.awsTime) ? "expire" : "paused", pause };
  const what = imageName(record.image);
  // What was declared for another image is no business of this release: who gave it may not know of that one.
  const why = isOver(pause, world.awsTime)
    ? `${what} was paused ${pointText(pause.after)}, and its time is over since ${pause.until}. bluegreen continue --expired does what was declared (${pause.then}); then give this command again.`
    : `${what} is paused ${pointText(pause.after)} until ${pause.until}. End that first: bluegreen continue, or bluegreen rollback.`;
  return { kind: "refuse", why };
}

/** The pause that comes before a step; undefined: none does. Each comes once a release, whoever goes on with it. */
function pauseDue(world: LiveState, goal: Goal, next: Next): Next | undefined {
  // Nothing else leads on from a point.
  if (next.kind !== "check" && next.kind !== "shift" && next.kind !== "flip" && next.kind !== "bake") return undefined;
  const { record } = world;
  const mine = record?.outcome === "running" && record.image.imageId === goal.imageId ? record : undefined;
  const points = pointsBefore(next, world, goal);
  const pause = goal.pauses.find(({ after }) => points.includes(after) && !hasPaused(mine, after));
  return pause && { kind: "pause", color: next.color, pause: pauseRecord(pause, world.awsTime, goal) };
}

const hasPaused = (record: ReleaseRecord | undefined, point: PausePoint): boolean =>
  record?.pauses?.some(({ after }) => after === point) === true;

/** What is over when a step is about to come. */
function pointsBefore({ kind }: Next, { weights, settings }: LiveState, { strategy }: Goal): readonly PausePoint[] {
  if (kind === "bake") return ["cutover"];
  const { live } = weights;
  const share = live[other(servingColor(live, settings.deployed.activeColor))];
  if (share === 0) return kind === "check" ? ["stage"] : ["stage", "check"];
  const reached = strategy.steps.filter(({ weight }) => weight <= share).at(-1);
  return reached === undefined ? [] : [`${reached.weight}%`];
}

/** A pause that begins now, and what whoever ends it needs to go on. */
function pauseRecord({ after, timeout, then }: Pause, awsTime: number, goal: Goal): PauseRecord {
  const { strategy, bakeSeconds, previewSize, retireAfterSeconds, until } = goal;
  const time = (milliseconds: number) => new Date(milliseconds).toISOString();
  const request = { strategy: strategy.text, bakeSeconds, previewSize, retireAfterSeconds, until };
  return { after, since: time(awsTime), until: time(awsTime + timeout * 1000), then, request };
}
