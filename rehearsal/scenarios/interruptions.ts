import { touchedResources } from "../../automation/protocol.ts";
import { expectTouched, type Context, type Step } from "./context.ts";
import { fixtures } from "./release.ts";

/** Stops an update in the middle, at the first sign that a resource named so is at work; then runs it again. */
async function stopped(context: Context, at: string, how: "interrupt" | "kill"): Promise<string> {
  context.apply(fixtures.green(context));
  let stop: () => void = () => undefined;
  const operation = await context.session.stack.start("up", {
    onProgress: (progress) => {
      context.progress(progress);
      const name = progress.kind === "resource" ? progress.name : progress.message;
      if (name.includes(at)) stop();
    },
  });
  stop = () => operation[how]();
  const result = await operation.result;
  if (result.ok) throw new Error(`the update was to be stopped at ${at}, but it went through`);
  if (how === "kill") await context.session.stack.cancel();
  return result.error ?? "";
}

const step = (name: string, title: string, at: string, how: "interrupt" | "kill"): Step => ({
  name,
  title,
  from: fixtures.released,
  async run(context) {
    const begun = Date.now();
    await stopped(context, at, how);
    const again = await context.updated(fixtures.green(context));
    const { byColor } = await context.traffic(begun);
    if (byColor.blue > 0) throw new Error(`${byColor.blue} requests were answered by blue`);
    expectTouched(await context.updated(fixtures.green(context)), []);
    return {
      touched: touchedResources(again),
      updateSeconds: again.seconds,
      note: "the same update again went through",
    };
  },
});

export const interruptions: Step[] = [
  step("interrupt", "Ctrl-C while blue comes up: the same update again goes through", "blue: ", "interrupt"),
  step("power-loss", "the deploying machine loses power: the same update again goes through", "app-blue-group", "kill"),
];
