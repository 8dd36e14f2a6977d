import { listenerName } from "../../deployment/names.ts";
import { TerminateInstancesCommand } from "@aws-sdk/client-ec2";
import type { ImageName } from "../images/catalog.ts";
import { ec2 } from "./aws.ts";
import { touchedResources } from "../../automation/protocol.ts";
import { touchedByImage, expectTouched, pause, until, type Context, type Step, type Fixture } from "./context.ts";
import { fixtures } from "./release.ts";

/** Green serves; blue comes up with an image of the catalog. */
const withBlue =
  (image: ImageName) =>
  (context: Context): Fixture => ({
    ...fixtures.green(context),
    blueAmi: context.session.images[image],
  });

/** Rejects when users saw blue, or anything failed. */
async function onlyGreenServed(context: Context, since: number): Promise<void> {
  const { byColor, failed, errors } = await context.traffic(since);
  if (byColor.blue > 0) throw new Error(`${byColor.blue} users saw the bad image`);
  if (failed > 0) throw new Error(`${failed} requests failed, the first with ${errors[0]?.failure}`);
}

/** An image that never gets healthy: the update fails with the reason, and no request fails. */
export const neverReady = (
  name: string,
  title: string,
  words: RegExp,
  fixture: (context: Context) => Fixture,
): Step => ({
  name,
  title,
  from: fixtures.released,
  async run(context) {
    const begun = Date.now();
    const result = await context.refused(fixture(context), words, touchedByImage("blue"));
    await onlyGreenServed(context, begun);
    await context.updated(fixtures.released(context));
    return { touched: touchedResources(result), updateSeconds: result.seconds, note: sentence(result.error) };
  },
});

const slowStart: Step = {
  name: "slow-start",
  title: "an image that starts slowly: the update waits until it is ready",
  from: fixtures.released,
  async run(context) {
    const begun = Date.now();
    const result = await context.updated(withBlue("slow-start")(context));
    await onlyGreenServed(context, begun);
    return { touched: touchedResources(result), updateSeconds: result.seconds };
  },
};

/** Blue is healthy with an image that users must not get: the health gate stops the flip, and no request fails. */
export const gateStops = (
  name: string,
  title: string,
  words: RegExp,
  fixture: (context: Context) => Fixture,
): Step => ({
  name,
  title,
  from: fixture,
  async run(context) {
    const begun = Date.now();
    const flip = { ...fixture(context), activeColor: "blue" };
    const result = await context.refused(flip, words, [listenerName]);
    await onlyGreenServed(context, begun);
    return { touched: [], updateSeconds: result.seconds, note: sentence(result.error) };
  },
});

/** Seconds within which health checks must have noticed a dead machine: three in a row, of a second each here. */
const noticed = 5;

/** Green serves with two instances; the standby is off. */
const terminate: Step = {
  name: "terminate",
  title: "an instance is terminated under load: its group replaces it",
  from: fixtures.released,
  async run(context) {
    const [chosen, ...others] = await context.instances("green");
    const begun = Date.now();
    await ec2(context).send(new TerminateInstancesCommand({ InstanceIds: [chosen.id] }));
    await replaced(context, chosen.id, others.length + 1);
    const took = elapsed(begun);
    await pause(context.watchSeconds);
    return { touched: [], note: `replaced within ${took}` };
  },
};

const kill: Step = {
  name: "kill",
  title: "a machine dies under load: it is taken out and replaced",
  from: fixtures.released,
  async run(context) {
    await until("both instances of green serve", 90, async () => (await context.healthy("green")) === 2);
    const [chosen, ...others] = await context.instances("green");
    const begun = Date.now();
    await context.session.kill(chosen.id);
    await replaced(context, chosen.id, others.length + 1);
    const took = elapsed(begun);
    await pause(context.watchSeconds);
    const { errors, failed } = await context.traffic(begun);
    const strange = errors.find(({ status }) => status !== 502 && status !== 504);
    if (strange) throw new Error(`a dead machine costs 502 and 504, but this came: ${strange.failure}`);
    const last = errors.at(-1)?.at ?? begun;
    if (last - begun > noticed * 1000)
      throw new Error(`requests still failed ${(last - begun) / 1000} s after the machine died`);
    const { sent } = await context.traffic(begun, last);
    // With two machines every other request is the dead one's; three standard errors beside that are chance.
    const share = sent / 2 + 1.5 * Math.sqrt(sent) + 1;
    if (failed > share) throw new Error(`${failed} of ${sent} requests failed, more than one machine's share`);
    const note = `${failed} requests went to it in the ${((last - begun) / 1000).toFixed(1)} s before its health checks failed; replaced within ${took}`;
    return { touched: [], lostWithMachine: failed, note };
  },
};

async function replaced(context: Context, id: string, count: number): Promise<void> {
  await until(`${id} is replaced`, 90, async () => {
    const now = await context.instances("green");
    return now.length === count && !now.some((instance) => instance.id === id);
  });
}

const elapsed = (since: number) => `${((Date.now() - since) / 1000).toFixed(1)} s`;

const noChange: Step = {
  name: "no-change",
  title: "an update without a change touches nothing",
  from: fixtures.released,
  async run(context) {
    const result = await context.updated(fixtures.released(context));
    expectTouched(result, []);
    return { touched: [], updateSeconds: result.seconds };
  },
};

/** The reason in an error, as far as a line has room for it. */
function sentence(error = ""): string {
  const reason = /^ *- (.*)$/m.exec(error)?.[1] ?? error.split("\n")[0];
  return reason.length > 150 ? `${reason.slice(0, 149)}…` : reason;
}

export const faults: Step[] = [
  noChange,
  neverReady(
    "never-healthy",
    "an image that never gets healthy: the update fails, green serves on",
    /\[fleet-not-ready blue\]/,
    withBlue("never-healthy"),
  ),
  neverReady(
    "crash",
    "an image that crashes after its start: the update fails, green serves on",
    /\[fleet-not-ready blue\]/,
    withBlue("crash"),
  ),
  slowStart,
  gateStops(
    "error-500",
    "an image that is ready and answers 500: the gate stops the flip",
    /\[gate-closed\][\s\S]*GET \/version answered 500/,
    withBlue("error-500"),
  ),
  terminate,
  kill,
];
