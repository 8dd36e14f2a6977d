import { canaryPrice } from "./commands-caught.ts";
import { runCommand } from "./commands-process.ts";
import { commandStep, emptyStandby, toRelease } from "./commands-step.ts";
import { expectRecord, expectServing, servingNow } from "./commands-watch.ts";
import { pause, type Step } from "./context.ts";
import { adding, withProjectFile } from "./project-file.ts";

/** Releases of the image that fails 2 %; `npm run rehearse` takes its time for few. */
const runs = Number(process.env.BLUEGREEN_VERDICT_RUNS ?? 3);

/** Failed requests of users until it is caught, in the median. */
const mostFailed = 10;

/** Long enough that hardly any release of an image that fails 2 % gets through it. */
const canary = ["--strategy", "canary=10%,3m", "--bake", "1s"];

/** The one that its check finds, and the one that is well until it has users, in turn. */
const bad = [
  { image: "fails-2-percent", version: "v2.8.0" },
  { image: "fails-2-percent-served", version: "v2.8.1" },
] as const;

const worse = commandStep(
  "command-verdict-worse",
  "an image that fails 2 % is caught by the check or by its canary, and few users have seen it",
  async (scene) => {
    const { context, stack } = scene;
    const serving = await servingNow(context, stack);
    const failed: number[] = [];
    const by: string[] = [];
    await withProjectFile(context, adding("metrics: /metrics"), async () => {
      for (let run = 0; run < runs; run++) {
        const { image: name, version } = bad[run % bad.length] ?? bad[0];
        const image = context.session.images[name];
        const begun = Date.now();
        await runCommand(context, ["release", image, ...canary], 4, /evidence|requests failed|alarm/);
        await expectServing(context, stack, serving);
        const { why = "" } = await expectRecord(context, stack, image, "rolled-back");
        failed.push(canaryPrice(await context.traffic(begun), version));
        by.push(why.startsWith("errors:") ? "check" : "canary");
        context.say(`run ${run + 1}, ${name}: ${failed.at(-1)} users' requests failed; ${why}`);
      }
    });
    const median = medianOf(failed);
    if (median > mostFailed)
      throw new Error(`users' requests that failed: ${failed.join(", ")}; ${mostFailed} allowed`);
    const byCanary = failed.filter((_, run) => by[run] === "canary");
    return {
      lostToCanary: failed.reduce((sum, one) => sum + one, 0),
      note: `${runs} releases, ${runs - byCanary.length} of them caught by the check; ${median} users' requests failed in the median, ${medianOf(byCanary)} of those that the canary caught (${byCanary.join(", ")})`,
    };
  },
);

const medianOf = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** Asks for a page that is broken in every release, so often, until it is told to stop. */
function asking(url: string, everySeconds: number): { stop: () => Promise<number> } {
  let [ended, asked] = [false, 0];
  const going = (async () => {
    while (!ended) {
      const answer = await fetch(`${url}/broken`);
      await answer.arrayBuffer();
      if (answer.status !== 500) throw new Error(`/broken was to answer 500, but answered ${answer.status}`);
      asked += 1;
      await pause(everySeconds);
    }
  })();
  return { stop: async () => ((ended = true), await going, asked) };
}

const common = commandStep(
  "command-verdict-common",
  "a good image is released while 1 % fail on both colours, for a cause that they share",
  async (scene) => {
    const { context, stack } = scene;
    await emptyStandby(scene);
    const { to, image } = await toRelease(scene);
    // A service that always fails 1 % has an alarm above that.
    context.session.set({ alarmErrorPercent: 3 });
    const broken = asking((await context.urls()).main, 100 / context.rate);
    let asked = 0;
    try {
      await withProjectFile(context, adding("metrics: /metrics"), () =>
        runCommand(context, ["release", image, "--strategy", "canary=10%,45s", "--bake", "30s"], 0),
      );
    } finally {
      asked = await broken.stop();
      context.session.set({ alarmErrorPercent: 1 });
    }
    await expectServing(context, stack, to);
    const { verdict } = await expectRecord(context, stack, image, "released");
    const seen = verdict?.evidence.find(({ source }) => source === "counters");
    if (!seen || seen.release.failed + seen.baseline.failed === 0)
      throw new Error("the record was to tell failures of both colours");
    return { note: `${asked} requests failed meanwhile, ${seen.release.failed} of them on ${to}` };
  },
);

export const verdictSteps: Step[] = [worse, common];
