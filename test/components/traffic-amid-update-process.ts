/**
 * Replaces green's group by the real engine while a direct rollback gives green all requests, and prints what became of it as
 * JSON. A process of its own: what the SDK leaves unhandled when a program fails would fail a test.
 */
import type { FixedCloud, FixedGroup } from "../../rehearsal/preview/fixed-cloud.ts";
import { first } from "../../rehearsal/preview/transition.ts";
import { openWorld } from "../../rehearsal/preview/world.ts";
import { CleanUp } from "../../tools/clean-up.ts";

/** How an update ended, and what it left of green. */
export interface Left {
  readonly ok: boolean;
  readonly errors: readonly string[];
  /** What the engine did with green's template and group. */
  readonly template: readonly string[];
  readonly group: readonly string[];
  /** Images of green's groups. */
  readonly images: readonly string[];
}

const [v1, v2, v3] = ["ami-00000001", "ami-00000002", "ami-00000003"];
const [folder, moment] = process.argv.slice(2);
const cleanUp = new CleanUp();
const world = await openWorld(folder, cleanUp, () => undefined);
const { cloud, engine } = world;

/** The listener alone, as a direct rollback does. */
function giveGreen(percent: number): void {
  const green = cloud.groupOf("green")?.targetGroupArn;
  for (const [arn, weights] of cloud.listeners) {
    const shares = Object.keys(weights).map((group) => [group, group === green ? percent : 100 - percent] as const);
    cloud.listeners.set(arn, Object.fromEntries(shares));
  }
}

/** Blue serves, green is warm with an image. */
async function up(greenAmi: string): Promise<Left> {
  await world.configure({ ...first, blueAmi: v1, standby: "warm", greenAmi });
  const { ok, errors, steps } = await engine.up();
  const of = (part: string) =>
    steps.filter((step) => step.endsWith(`::app-green-${part}`)).map((step) => step.split(" ")[0]);
  const greens = [...cloud.groups.values()].filter(({ color }) => color === "green");
  return { ok, errors, template: of("template"), group: of("group"), images: greens.map(({ imageId }) => imageId) };
}

/** Traffic comes once, at that moment of the update. */
const arm: Readonly<Record<string, (at: FixedCloud) => void>> = {
  "before the group": ({ listeners }) => {
    const get = listeners.get.bind(listeners);
    let questions = 0;
    listeners.get = (arn) => {
      const weights = get(arn);
      // The program's own at its start, then its template's guard: the template changes right after.
      if (++questions === 2) giveGreen(100);
      return weights;
    };
  },
  "beside the new group": ({ groups }) => {
    const set = groups.set.bind(groups);
    let come = false;
    groups.set = (name: string, group: FixedGroup) => {
      set(name, group);
      if (!come && group.imageId === v3) giveGreen(100);
      come ||= group.imageId === v3;
      return groups;
    };
  },
};

await up(v2);
arm[moment](cloud);
const amid = await up(v3);
const again = await up(v3);
giveGreen(0);
const after = await up(v3);
console.log(JSON.stringify({ amid, again, after }));
await cleanUp.run();
process.exit(0);
