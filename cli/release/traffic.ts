import { other, shares, type Color } from "../../components/traffic.ts";
import { imageName, type ImageFacts, type ReleaseSettings } from "../model.ts";
import { Refusal } from "../refusal.ts";
import type { ChangeOptions, Desk } from "./desk.ts";
import type { UpdateOptions } from "./update.ts";
import { now, servingNow } from "./stage.ts";

/**
 * Gives a colour a share of the requests, by an update of the listener alone: a share of a standby is its weight, all of
 * them make it the active colour.
 * @param weight percent
 */
export async function shift(desk: Desk, color: Color, weight: number, options?: ChangeOptions): Promise<void> {
  const serving = servingNow(desk);
  const standby = color === serving ? 100 - weight : weight;
  const change: Partial<ReleaseSettings> =
    standby >= 100
      ? { activeColor: other(serving), standbyWeight: 0, standby: "warm" }
      : { activeColor: serving, standbyWeight: standby };
  // What has requests is warm, whatever a state that is behind says.
  const warm: Partial<ReleaseSettings> = standby > 0 ? { standby: "warm" } : {};
  const title = `Giving ${color} (${imageName(desk.world.fleets[color].image)}) ${weight} % of the requests`;
  await desk.session.ui.step("cutover", title, async (tell) => {
    const touched = await desk.change({ ...change, ...warm, previewSize: 0 }, tell, options);
    const others = touched.filter((name) => name !== "app-listener");
    tell.keep(others.length === 0 ? "the listener was touched, and nothing else" : `touched: ${touched.join(", ")}`);
    const { live } = desk.world.weights;
    if (live[color] !== weight) {
      throw new Refusal(
        "failed",
        `The update went through, and the listener was seen with ${shares(live)}: give the same command again.`,
      );
    }
  });
}

/** All of the requests go to a colour: it is the active one from now on. */
export async function flip(desk: Desk, color: Color, image: ImageFacts): Promise<void> {
  await shift(desk, color, 100);
  await desk.note({ kind: "serves", at: now() });
  await desk.notify({ kind: "cut-over", color, image });
}

export interface BackOptions extends UpdateOptions {
  /** What serves has been judged bad: a way back that has a healthy target is taken whatever the gate says. Default: false. */
  readonly insist?: boolean;
}

/**
 * All of the requests go back to a colour. Nothing is shrunk.
 * @throws Refusal when its fleet could not take them; an override lets it through
 */
export async function goBack(desk: Desk, to: Color, why: string, options: BackOptions = {}): Promise<void> {
  const { world, session } = desk;
  const [fleet, image] = [world.fleets[to], world.fleets[other(to)].image];
  if (fleet.capacity.maxSize === 0) {
    throw new Refusal(
      "refused",
      `${to} is off: there is no fleet to go back to. Release its image again: bluegreen release ${imageName(fleet.image)}.`,
    );
  }
  const from = other(to);
  // A way back after the release has ended is an event of its own.
  if (desk.record?.outcome !== "running") {
    const begun = { color: from, image, from: { color: to, image: fleet.image } };
    await desk.begin(begun).catch((error: Error) => session.ui.say(`No record of it is kept: ${error.message}`));
  }
  await desk.tryNote({ kind: "stage", stage: "rollback", why });
  if (options.override === undefined) await grow(desk, to);
  await shift(desk, to, 100, { ...options, urgent: true }).catch(async (error: unknown) => {
    const refused = error instanceof Refusal && error.code === "refused";
    if (!refused || !options.insist || desk.world.fleets[to].healthy === 0) throw error;
    session.ui.say(`What serves is worse than what the gate misses (${error.message}): it goes back all the same.`);
    await shift(desk, to, 100, { override: why, urgent: true });
  });
  await desk.tryNote({ kind: "ended", at: now(), outcome: "rolled-back", why });
  await desk.notify({ kind: "rolled-back", color: from, image, why });
  session.ui.say(`${to} (${imageName(fleet.image)}) serves all requests again: ${why}`);
}

/**
 * A fleet that holds fewer than serve now grows first: the gate would not let it have all of the requests. Where that fails,
 * the gate has the last word.
 */
async function grow(desk: Desk, color: Color): Promise<void> {
  const { desired, registered } = desk.world.fleets[other(color)];
  const { maxSize, minSize } = desk.session.settings;
  const floor = desk.world.settings.deployed.capacityFloor;
  const capacityFloor = Math.min(maxSize, Math.max(minSize, floor, desired, registered));
  if (desk.world.fleets[color].healthy >= Math.min(registered, capacityFloor)) return;
  await desk.session.ui.step(
    "rollback",
    `Growing ${color} to ${capacityFloor} instances, as many as serve now`,
    (tell) =>
      desk.change({ standby: "warm", capacityFloor, previewSize: 0 }, tell).catch((error: unknown) => {
        if (!(error instanceof Refusal) || error.code === "interrupted") throw error;
        tell.keep(`it does not grow: ${error.message}`);
      }),
  );
}
