import { fleetPartName, listenerName } from "../../deployment/names.ts";
import { startLoad } from "../load/load.ts";
import { touchedResources } from "../../automation/protocol.ts";
import { Context, expectTouched, pause, until, type Findings, type Step, type Fixture } from "./context.ts";

const loopback = ["127.0.0.0/8"];

/** Settings of every fixture: the dev stack with two instances a fleet, reachable from this machine. */
const base = ({ session: { images } }: Context): Fixture => ({
  blueAmi: images["good-v1"],
  greenAmi: images["good-v1"],
  activeColor: "blue",
  standby: "off",
  standbyWeight: 0,
  minSize: 2,
  maxSize: 4,
  natGateways: "none",
  allowedCidrs: loopback,
  previewCidrs: loopback,
  readinessTimeout: 60,
});

/** The settings that the scenario goes through. */
export const fixtures = {
  blue: (context: Context): Fixture => ({ ...base(context), greenAmi: undefined }),
  warm: (context: Context): Fixture => ({
    ...base(context),
    greenAmi: context.session.images["good-v2"],
    standby: "warm",
  }),
  canary: (context: Context): Fixture => ({ ...fixtures.warm(context), standbyWeight: 10 }),
  green: (context: Context): Fixture => ({ ...fixtures.warm(context), activeColor: "green" }),
  released: (context: Context): Fixture => ({ ...fixtures.green(context), standby: "off" }),
};

/**
 * Moves all traffic in one update, and measures from the command on.
 * @param canary whether the colour that gains had a share before: then its first answer says nothing.
 */
export async function move(
  context: Context,
  fixture: Fixture,
  { from, to, canary = false }: { from: string; to: string; canary?: boolean },
): Promise<Findings> {
  const begun = Date.now();
  const result = await context.updated(fixture);
  const ended = Date.now();
  expectTouched(result, [listenerName]);
  await pause(context.watchSeconds);
  const traffic = await context.traffic(begun);
  const [first, last] = [traffic.firstOf(to), traffic.lastOf(from)];
  if (first === undefined) throw new Error(`${to} never answered after the flip`);
  if (last !== undefined && last > ended) {
    throw new Error(`${from} still answered ${(last - ended) / 1000} s after the update had ended`);
  }
  const since = (at: number | undefined) => (at === undefined ? undefined : (at - begun) / 1000);
  return {
    touched: touchedResources(result),
    updateSeconds: result.seconds,
    firstNew: canary ? undefined : since(first),
    lastOld: since(last),
  };
}

const up: Step = {
  name: "up",
  title: "up: blue comes up and serves",
  async run(context) {
    const result = await context.updated(fixtures.blue(context));
    const { main } = await context.urls();
    context.load = await startLoad({ url: `${main}/`, rate: context.rate });
    await pause(context.watchSeconds);
    const { byVersion } = await context.traffic(0);
    if (Object.keys(byVersion).join() !== "v1.0.0")
      throw new Error(`expected v1.0.0 alone, got ${JSON.stringify(byVersion)}`);
    return { touched: touchedResources(result), updateSeconds: result.seconds };
  },
};

const warm: Step = {
  name: "warm",
  title: "warm: green comes up beside blue with the new image",
  from: fixtures.blue,
  async run(context) {
    const begun = Date.now();
    const result = await context.updated(fixtures.warm(context));
    const { byColor } = await context.traffic(begun);
    if (byColor.green > 0) throw new Error(`green answered ${byColor.green} requests before its time`);
    return { touched: touchedResources(result), updateSeconds: result.seconds };
  },
};

const preview: Step = {
  name: "preview",
  title: "preview: green answers there, and all users see blue",
  from: fixtures.warm,
  async run(context) {
    const begun = Date.now();
    const { preview: url } = await context.urls();
    const ask = (headers: Record<string, string>) => fetch(`${url}/version`, { headers });
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask({ "X-Bluegreen-Preview": "green" })));
    const versions = await Promise.all(
      answers.map(async (answer) => ((await answer.json()) as { version: string }).version),
    );
    if (new Set(versions).size !== 1 || versions[0] !== "v2.0.0")
      throw new Error(`the preview answered ${versions.join(", ")}`);
    const plain = await ask({});
    const text = await plain.text();
    if (plain.status !== 404 || !text.includes("X-Bluegreen-Preview"))
      throw new Error(`without the header: ${plain.status} ${text}`);
    await pause(context.watchSeconds);
    const { byColor } = await context.traffic(begun);
    if (byColor.green > 0) throw new Error(`${byColor.green} users saw green`);
    return { touched: [], note: `20 of 20 answers through the preview listener were v2.0.0` };
  },
};

/** The canary's share since its update, after another while of traffic, and whether it is off by three standard errors. */
async function look(context: Context, since: number) {
  await pause(Math.max(5, context.watchSeconds * 2));
  const { byColor } = await context.traffic(since);
  const count = byColor.blue + byColor.green;
  const share = (100 * byColor.green) / count;
  const error = 300 * Math.sqrt((0.1 * 0.9) / count);
  return { count, share: share.toFixed(1), error: error.toFixed(1), off: !(Math.abs(share - 10) <= error) };
}

const canary: Step = {
  name: "canary",
  title: "canary: a tenth of the requests goes to green",
  from: fixtures.warm,
  async run(context) {
    const result = await context.updated(fixtures.canary(context));
    expectTouched(result, [listenerName]);
    const begun = Date.now();
    // A right listener is off by more than three standard errors in one look of 370: then a second, longer look decides.
    let measured = await look(context, begun);
    if (measured.off) measured = await look(context, begun);
    const { share, error, count, off } = measured;
    if (off) throw new Error(`the canary got ${share} %, not 10 % ± ${error}, of ${count} requests`);
    const note = `${share} % measured over ${count} requests (10 % ± ${error})`;
    return { touched: touchedResources(result), updateSeconds: result.seconds, note };
  },
};

const flip: Step = {
  name: "flip",
  title: "flip: green serves",
  from: fixtures.canary,
  run: (context) => move(context, fixtures.green(context), { from: "blue", to: "green", canary: true }),
};

const rollback: Step = {
  name: "rollback",
  title: "rollback: blue serves again",
  from: fixtures.green,
  run: (context) => move(context, fixtures.warm(context), { from: "green", to: "blue" }),
};

const flipAgain: Step = {
  name: "flip-again",
  title: "flip again: green serves",
  from: fixtures.warm,
  run: (context) => move(context, fixtures.green(context), { from: "blue", to: "green" }),
};

export const retire: Step = {
  name: "retire",
  title: "retire: blue drains and goes to zero",
  from: fixtures.green,
  async run(context) {
    const result = await context.updated(fixtures.released(context));
    expectTouched(result, [fleetPartName("blue", "group")]);
    await until("blue has no instance", 60, async () => (await context.instances("blue")).length === 0);
    return { touched: touchedResources(result), updateSeconds: result.seconds };
  },
};

export const release: Step[] = [up, warm, preview, canary, flip, rollback, flipAgain, retire];
