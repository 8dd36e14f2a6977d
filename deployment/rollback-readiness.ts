import {
  colors,
  healthyTargetsNeeded,
  other,
  type ByColor,
  type Capacity,
  type Color,
  type LaunchSpec,
  type TargetHealthSummary,
} from "./model.ts";

/**
 * Whether one flip would bring the other colour back at once, and if not, why.
 * @param observed leaves out, in a preview, the fleets that the update changes
 */
export function rollbackReadiness(
  weights: ByColor<number>,
  capacity: ByColor<Capacity>,
  machines: ByColor<LaunchSpec>,
  observed: Partial<ByColor<TargetHealthSummary>>,
): { ready: boolean; reason?: string } {
  const serving: Color = weights.blue >= weights.green ? "blue" : "green";
  const back = other(serving);
  const no = (reason: string) => ({ ready: false, reason });
  if (capacity[back].maxSize === 0) return no(`${back} is off (standby: off)`);
  if (machines[back].imageId === machines[serving].imageId) return no(`${back} runs the same image as ${serving}`);
  const { [back]: standby, [serving]: active } = observed;
  if (!standby || !active) {
    const changed = colors.filter((color) => !observed[color]);
    return no(`known after the update, which changes ${changed.join(" and ")}`);
  }
  const [have, need] = [standby.healthy, healthyTargetsNeeded(100, active.healthy)];
  if (have < need) return no(`${back} has ${have} healthy targets and needs ${need}`);
  return { ready: true };
}
