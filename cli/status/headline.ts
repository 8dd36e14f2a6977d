import { colors, other, type Color } from "../../deployment/model.ts";
import { imageName, type LiveState } from "../state/model.ts";
import { roleOf, serving } from "./words.ts";

/**
 * A stack in one line, the colour that serves first:
 * `dev: blue v1.0.0 serves 90 %, green v2.0.0 10 % (canary), all healthy`.
 */
export function headline(world: LiveState): string {
  const first = serving(world);
  const order: readonly Color[] = first ? [first, other(first)] : colors;
  const parts = order.map((color) => share(world, color));
  if (!first) parts.unshift("NOBODY SERVES");
  return `${world.stack}: ${[...parts, ...elsewhere(world), health(world), ...alarm(world)].join(", ")}`;
}

function share(world: LiveState, color: Color): string {
  const name = `${color} ${imageName(world.fleets[color].image)}`;
  const percent = `${world.weights.live[color]} %`;
  const text = {
    serving: `${name} serves ${percent}`,
    canary: `${name} ${percent} (canary)`,
    standby: `${name} stands by`,
    off: `${color} is off`,
  };
  return text[roleOf(world, color)];
}

/** What other groups and rules on the listener get: the first is a share, of rules nobody knows how much. */
function elsewhere({ weights: { live }, foreign }: LiveState): string[] {
  const own = live.blue + live.green;
  if (own > 0 && own < 100) return [`${100 - own} % GO ELSEWHERE`];
  return foreign.length > 0 ? ["OTHERS' TRAFFIC ON THE LISTENER"] : [];
}

function health({ fleets }: LiveState): string {
  const lacking = colors.filter((color) => fleets[color].healthy < fleets[color].desired);
  if (lacking.length === 0) return "all healthy";
  return lacking.map((color) => `${color} ${fleets[color].healthy} of ${fleets[color].desired} healthy`).join(", ");
}

/** Composite alarms are left out: they only repeat their parts. */
function alarm({ alarms, loadBalancerAlarms }: LiveState): string[] {
  const all = [...alarms.blue, ...alarms.green, ...loadBalancerAlarms];
  const count = all.filter(({ state, composite }) => state === "ALARM" && !composite).length;
  return count === 0 ? [] : [`${count} ${count === 1 ? "alarm" : "alarms"}`];
}
