import { other, type ByColor, type Capacity, type Color, type Machine, type Observed } from "./traffic.ts";

/** Whether one flip would bring the other colour back at once, and if not, why. */
export function rollbackReadiness(
  weights: ByColor<number>,
  capacity: ByColor<Capacity>,
  machines: ByColor<Machine>,
  observed: ByColor<Observed>,
): { ready: boolean; reason?: string } {
  const serving: Color = weights.blue >= weights.green ? "blue" : "green";
  const back = other(serving);
  const no = (reason: string) => ({ ready: false, reason });
  if (capacity[back].maxSize === 0) return no(`${back} is off (standby: off)`);
  if (machines[back].imageId === machines[serving].imageId) return no(`${back} runs the same image as ${serving}`);
  const [have, need] = [observed[back].healthy, observed[serving].registered];
  if (have < need) return no(`${back} has ${have} healthy targets, ${serving} runs ${need}`);
  return { ready: true };
}
