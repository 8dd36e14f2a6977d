import { setTimeout as pause } from "node:timers/promises";
import { healthyTargetsNeeded, other, shares, type Color } from "../../deployment/model.ts";
import { listenerName } from "../../deployment/names.ts";
import {
  imageName,
  type ImageFacts,
  type LiveState,
  type ReleaseRecord,
  type ReleaseSettings,
} from "../state/model.ts";
import { CliError } from "../error.ts";
import { LockLost } from "../store/records.ts";
import type { ChangeOptions, RolloutContext } from "./context.ts";
import { hasForeignTemplate } from "./next.ts";
import { resumed } from "./pause.ts";
import type { UpdateOptions } from "./update.ts";
import { timestamp, servingNow } from "./stage.ts";

interface ShiftOptions extends ChangeOptions {
  /** Whoever gives the share looks at the listener after it, and puts back what came in between. Default: false. */
  readonly held?: boolean;
}

/** The settings that give a colour a share of the requests, in percent. */
export function shiftChange(world: LiveState, color: Color, weight: number): Partial<ReleaseSettings> {
  const serving = servingNow({ world });
  const standby = color === serving ? 100 - weight : weight;
  if (standby >= 100) return { activeColor: other(serving), standbyWeight: 0, standby: "warm", previewSize: 0 };
  const moved = { activeColor: serving, standbyWeight: standby, previewSize: 0 };
  // What has requests is warm, whatever a state that is behind says.
  return standby > 0 ? { ...moved, standby: "warm" } : moved;
}

/**
 * Gives a colour a share of the requests, by an update of the listener alone: a share of a standby is its weight, all of
 * them make it the active colour.
 * @param weight percent
 * @throws CliError when the update went through, and the listener has other weights, unless it is held
 */
export async function shift(
  rollout: RolloutContext,
  color: Color,
  weight: number,
  { held = false, ...options }: ShiftOptions = {},
): Promise<void> {
  const change = shiftChange(rollout.world, color, weight);
  const title = `Giving ${color} (${imageName(rollout.world.fleets[color].image)}) ${weight} % of the requests`;
  await rollout.session.ui.step("cutover", title, async (tell) => {
    const touched = await rollout.change(change, tell, options);
    const others = touched.filter((name) => name !== listenerName);
    tell.keep(others.length === 0 ? "the listener was touched, and nothing else" : `touched: ${touched.join(", ")}`);
    const { live } = rollout.world.weights;
    if (live[color] !== weight && !held) {
      throw new CliError(
        "failed",
        `The update went through, and the listener was seen with ${shares(live)}: give the same command again.`,
      );
    }
  });
}

/** All of the requests go to a colour: it is the active one from now on. */
export async function flip(rollout: RolloutContext, color: Color, image: ImageFacts): Promise<void> {
  await shift(rollout, color, 100);
  await rollout.note({ kind: "serves", at: timestamp() });
  await rollout.notify({ kind: "cut-over", color, image });
}

export interface RollbackOptions extends UpdateOptions {
  /**
   * What serves has been judged bad: the image that the release came from is taken whatever the gate says, when it has a
   * healthy target. Default: false.
   */
  readonly insist?: boolean;
}

/**
 * All of the requests go back to a colour. Nothing is shrunk.
 * @throws CliError when its fleet could not take them; an override lets it through
 * @throws CliError, whatever is insisted on, when the fleet is not the one that the release came from
 */
export async function rollBack(
  rollout: RolloutContext,
  to: Color,
  why: string,
  options: RollbackOptions = {},
): Promise<void> {
  const { world } = rollout;
  const [fleet, image] = [world.fleets[to], world.fleets[other(to)].image];
  if (fleet.capacity.maxSize === 0) {
    throw new CliError(
      "refused",
      `${to} is off: there is no fleet to go back to. Release its image again: bluegreen release ${imageName(fleet.image)}.`,
    );
  }
  const from = other(to);
  const cameFrom = rollout.record?.outcome === "running" ? rollout.record.from.image.imageId : undefined;
  if (options.insist && cameFrom !== fleet.image.imageId) {
    throw new CliError(
      "refused",
      `${imageName(image)} should go back (${why}), but ${to} holds ${imageName(fleet.image)}, which is not what it came from and has not been checked. Look at both: bluegreen status.`,
    );
  }
  const opened = await recordRollback(rollout, { color: from, image, from: { color: to, image: fleet.image } });
  await rollout.tryNote({ kind: "stage", stage: "rollback", why }, resumed(rollout, "rolled back", why));
  try {
    if (options.override === undefined) {
      await restoreFleet(rollout, to);
      await grow(rollout, to);
    }
    await moveBack(rollout, to, why, options);
  } catch (error) {
    // Its own record tells of nothing that happened: left running, it would hold up whatever comes next. Guard and gate refuse
    // before traffic moves; after anything else nobody can tell.
    if (opened && error instanceof CliError && error.code === "refused") {
      const refused = `the rollback was refused: ${error.message}`;
      await rollout.tryNote({ kind: "ended", at: timestamp(), outcome: "superseded", why: refused });
    }
    throw error;
  }
  await hold(rollout, to, why);
  await concludeRollback(rollout, { color: from, image, from: { color: to, image: fleet.image }, why });
}

async function moveBack(
  rollout: RolloutContext,
  to: Color,
  why: string,
  { override, insist }: RollbackOptions,
): Promise<void> {
  const held = rollout.tookOver;
  await shift(rollout, to, 100, { override, revoked: why, urgent: true, held }).catch(async (error: unknown) => {
    const refused = error instanceof CliError && error.code === "refused";
    const { healthy, staleTargets } = rollout.world.fleets[to];
    // Targets of another fleet may be of an image that nobody has checked; those of a colour that serves are at work already.
    const mixed = staleTargets.length > 0 && rollout.world.weights.live[to] === 0;
    if (!refused || !insist || mixed || healthy === 0) throw error;
    rollout.session.ui.say(
      `What serves is worse than what the gate misses (${error.message}): it goes back all the same.`,
    );
    await shift(rollout, to, 100, { override: why, revoked: why, urgent: true, held });
  });
}

/**
 * The record of a rollback: the release's own while it runs, else one of its own. One that runs for another image says nothing
 * of what goes back now: it has ended with it.
 * @returns whether it is one of its own
 */
async function recordRollback(
  rollout: RolloutContext,
  begun: Parameters<RolloutContext["begin"]>[0],
): Promise<boolean> {
  const { record, session } = rollout;
  if (record?.outcome === "running") {
    if (record.color === begun.color && record.image.imageId === begun.image.imageId) return false;
    const why = `${imageName(begun.image)} was taken back to ${imageName(begun.from.image)}`;
    await rollout.tryNote({ kind: "ended", at: timestamp(), outcome: "superseded", why });
  }
  await rollout
    .begin(begun)
    .catch(async (error: unknown) => {
      // After any other failure, such as an answer that was lost, the record may be there.
      if (!(error instanceof LockLost)) throw error;
      // Another command may have taken the lock from a runner that was frozen: a rollback takes it again.
      await rollout.claim();
      await rollout.begin(begun);
    })
    .catch((error: Error) => session.ui.say(`No record of it is kept: ${error.message}`));
  return true;
}

/**
 * An update that failed half-way has left the launch template changed, or instances of another group in the target group: the
 * guards let no traffic to a fleet that is made anew in the same update, and the gate none to a mixed one. So its own image
 * comes back first, by an update that moves no traffic.
 * @throws CliError when a changed template does not come back; of other targets the gate tells
 */
async function restoreFleet(rollout: RolloutContext, to: Color): Promise<void> {
  const { world, session } = rollout;
  const { image, staleTargets } = world.fleets[to];
  const isChanged = hasForeignTemplate(world.fleets[to]);
  if (!isChanged && staleTargets.length === 0) return;
  if (world.weights.live[to] > 0) {
    if (isChanged && world.weights.live[to] === 100) throw rebuiltUnderRequests(to, world.stack);
    return;
  }
  if (isChanged) session.ui.say(`The launch template of ${to} was left changed by an update that failed.`);
  if ((await rollout.restore(to)) || !isChanged) return;
  throw new CliError(
    "failed",
    `${to} could not be given ${imageName(image)} again. In an incident: bluegreen rollback --to ${to} --override "why".`,
  );
}

/**
 * `rollback --direct` has moved the requests to a fleet whose template a `pulumi up` had changed: no update may touch it while
 * it serves. Without traffic `restoreFleet` puts its template back.
 */
function rebuiltUnderRequests(to: Color, stack: string): CliError {
  const away = `bluegreen rollback --direct --to ${other(to)} --stack ${stack}`;
  return new CliError(
    "refused",
    `${to} serves, and an update that failed has changed its launch template: writing that down would rebuild the fleet under ` +
      `the requests. Where ${other(to)} is well, give it the requests for a moment (${away}), and then give this command ` +
      `again: it puts the template back first. Until then ${to} serves on.`,
  );
}

/** Whether a rollback was cut off behind its move of traffic: nothing is left to do but to say so. */
export function hasGoneBack({ record, world: { weights, fleets } }: RolloutContext): boolean {
  if (record?.outcome !== "running" || record.stage !== "rollback") return false;
  const { color, image } = record.from;
  return weights.live[color] === 100 && fleets[color].image.imageId === image.imageId;
}

/** Ends a rollback whose move of traffic is through: its settings, its record, and people are told. */
export async function endRollback(rollout: RolloutContext): Promise<void> {
  await rollout.writeSettings();
  if (rollout.record !== undefined) await concludeRollback(rollout, rollout.record);
}

type Rollback = Pick<ReleaseRecord, "color" | "image" | "from" | "why">;

async function concludeRollback(rollout: RolloutContext, { color, image, from, why }: Rollback): Promise<void> {
  await rollout.tryNote({ kind: "ended", at: timestamp(), outcome: "rolled-back", why });
  await rollout.notify({ kind: "rolled-back", color, image, why });
  rollout.session.ui.say(
    `${from.color} (${imageName(from.image)}) serves all requests again: ${why ?? "it was taken back"}`,
  );
}

/**
 * Looks in a row that a rollback takes after it when somebody else was at work before, milliseconds between two, and how often it
 * puts its weights back: the command before has one call under way, and who changes them more often does it on purpose.
 */
const looks = 3;
const pauseBetween = 2_000;
const mostChanges = 3;

/**
 * A call to AWS that the preempted command had under way carries no condition and may still land, also between the rollback's
 * update and its first look: whoever went back looks again, and puts back what it decided.
 * @throws CliError when the weights are changed again and again
 */
async function hold(rollout: RolloutContext, to: Color, why: string): Promise<void> {
  if (!rollout.tookOver) return;
  let changes = 0;
  for (let quiet = 0; ;) {
    const { live } = rollout.world.weights;
    if (live[to] === 100) {
      if (quiet++ === looks) return;
      await pause(pauseBetween, undefined, { signal: rollout.session.signal });
      await rollout.look();
      continue;
    }
    if (++changes > mostChanges)
      throw new CliError(
        "failed",
        `Somebody gives the listener other weights again and again (now ${shares(live)}). Find out who, and give the same command again.`,
      );
    rollout.session.ui.say(
      `The command before this one has moved traffic once more (${shares(live)}): it goes back again.`,
    );
    await rollout.recover(`the live weights are ${shares(live)}`, { sparing: true });
    await shift(rollout, to, 100, { override: why, revoked: why, urgent: true, held: true });
    quiet = 0;
  }
}

/**
 * A fleet that holds fewer than serve now grows first: the gate would not let it have all of the requests. Where that fails,
 * the gate has the last word.
 */
async function grow(rollout: RolloutContext, color: Color): Promise<void> {
  const { desired, healthy } = rollout.world.fleets[other(color)];
  const { maxSize, minSize } = rollout.session.settings;
  const floor = rollout.world.settings.deployed.capacityFloor;
  const capacityFloor = Math.min(maxSize, Math.max(minSize, floor, desired));
  if (rollout.world.fleets[color].healthy >= Math.min(healthyTargetsNeeded(100, healthy), capacityFloor)) return;
  await rollout.session.ui.step(
    "rollback",
    `Growing ${color} to ${capacityFloor} instances, as many as serve now`,
    (tell) =>
      rollout.change({ standby: "warm", capacityFloor, previewSize: 0 }, tell).catch((error: unknown) => {
        if (!(error instanceof CliError) || error.code === "interrupted") throw error;
        tell.keep(`it does not grow: ${error.message}`);
      }),
  );
}
