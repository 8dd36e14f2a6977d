import { fleetPartName, listenerName } from "../../deployment/names.ts";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { startLoad } from "../load/load.ts";
import { type Context, touchedByImage, pause, type Step } from "./context.ts";
import { commandBlocks, touchedIn, withExamples } from "./readme-commands.ts";
import { shell } from "./shell.ts";

const README = path.resolve(import.meta.dirname, "../../README.md");

/** What a block of the README is to do. */
interface Expectation {
  /** The block's name. */
  readonly run: string;
  /** Resources that its updates touch; undefined: it is not counted (a whole stack comes or goes). */
  readonly touches?: readonly string[];
  /** Percent of the users' requests that green answers afterwards. */
  readonly green: number;
  /** What it prints, among other things. */
  readonly prints?: RegExp;
}

/** The README's release from the first update to the end of the stack, a rollback and a second flip included. */
const walk: readonly Expectation[] = [
  { run: "up", green: 0 },
  { run: "warm", touches: touchedByImage("green"), green: 0 },
  { run: "try", touches: [], green: 0, prints: /"version": ?"v2\.0\.0"/ },
  { run: "canary", touches: [listenerName], green: 10 },
  { run: "flip", touches: [listenerName], green: 100 },
  { run: "rollback", touches: [listenerName], green: 0 },
  { run: "flip", touches: [listenerName], green: 100 },
  { run: "shrink", touches: [fleetPartName("blue", "group")], green: 100 },
];

/** Percentage points by which a canary's measured share may differ: 4 standard deviations of 200 requests. */
const TOLERANCE = 9;

export const readme: Step = {
  name: "readme",
  title: "the README's commands, as they stand: from the first update to the end of the stack",
  async run(context) {
    const blocks = new Map(commandBlocks(await readFile(README, "utf8")).map(({ name, script }) => [name, script]));
    const known = new Set([...walk.map(({ run }) => run), "end"]);
    const unknown = [...blocks.keys()].filter((name) => !known.has(name));
    if (unknown.length > 0) throw new Error(`nothing is expected of the README's commands: ${unknown.join(", ")}`);
    const { images } = context.session;
    const examples = {
      "ami-0123456789abcdef0": images["good-v1"],
      "ami-0fedcba9876543210": images["good-v2"],
      "203.0.113.7/32": "127.0.0.0/8",
    };
    const run = (name: string): Promise<string> => {
      const script = blocks.get(name);
      if (script === undefined) throw new Error(`README.md has no commands named "run: ${name}"`);
      context.say(`${name}: ${script.trim().split("\n").join(" · ")}`);
      return shell(context, withExamples(script, examples));
    };
    // Where AWS is: all that the commands are not told by the README.
    await context.session.stack.writeSettings();
    for (const expected of walk) await take(context, expected, await run(expected.run));
    const load = context.load;
    if (load === undefined) throw new Error("no load was running");
    const { sent, failed, errors } = await load.window();
    if (failed > 0) throw new Error(`${failed} of ${sent} requests failed, the first with: ${errors[0]?.failure}`);
    await load.stop();
    context.load = undefined;
    await run("end");
    const { loadBalancers, instances } = await context.session.state();
    if (loadBalancers.length + instances.length > 0) throw new Error("the end of the stack left something behind");
    return { note: `${blocks.size} blocks of commands, ${sent} requests meanwhile, ${failed} failed` };
  },
};

/** Checks what a block has touched, and who serves now. */
async function take(context: Context, { run, touches, green, prints }: Expectation, printed: string): Promise<void> {
  if (prints && !prints.test(printed)) throw new Error(`"${run}" was to print ${prints}, but: ${printed.slice(-500)}`);
  const names = touchedIn(printed).sort();
  if (touches && names.join() !== [...touches].sort().join())
    throw new Error(`"${run}" was to touch ${touches.join(", ") || "nothing"}, but: ${names.join(", ") || "nothing"}`);
  context.load ??= await startLoad({ url: `${(await context.urls()).main}/`, rate: context.rate });
  const since = Date.now();
  await pause(200 / context.rate);
  const { byColor, sent, failed, errors } = await context.traffic(since);
  const share = (100 * byColor.green) / sent;
  if (failed > 0) throw new Error(`after "${run}" ${failed} requests failed: ${errors[0]?.failure}`);
  if (sent === 0 || Math.abs(share - green) > (green % 100 === 0 ? 0 : TOLERANCE))
    throw new Error(`after "${run}" green was to answer ${green} %, but: ${share.toFixed(1)} % of ${sent}`);
}
