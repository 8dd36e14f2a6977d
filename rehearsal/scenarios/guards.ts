import { listenerName } from "../../deployment/names.ts";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Context, Findings, Step, Fixture } from "./context.ts";
import { statedRefusals } from "./readme-commands.ts";
import { fixtures } from "./release.ts";

const PAGE = path.resolve(import.meta.dirname, "../../docs/safety.md");

/** What the page states and a stack without HTTPS and a key of its own can't be refused for; `everything` tries the key. */
const ELSEWHERE = /^(HTTPS|customerKey) can't/;

interface Refusal {
  what: string;
  change: (context: Context) => Fixture;
  words: RegExp;
}

/** Every guard, each with an update that trips it while green serves and blue is warm. */
const refusals: Refusal[] = [
  {
    what: "the serving image in place",
    change: ({ session }) => ({ greenAmi: session.images["slow-start"] }),
    words: /green serves 100 % of the requests; its image may not change in place/,
  },
  {
    what: "a new image that serves at once",
    change: ({ session }) => ({ blueAmi: session.images["slow-start"], activeColor: "blue" }),
    words: /blue would change its image .* and start to serve in one update/,
  },
  {
    what: "a new image as canary at once",
    change: ({ session }) => ({ blueAmi: session.images["slow-start"], standbyWeight: 10 }),
    words: /blue would change its image .* and start to serve in one update/,
  },
  {
    what: "a flip with standby: off",
    change: () => ({ activeColor: "blue", standby: "off" }),
    words: /would empty green, the rollback target/,
  },
  {
    what: "a flip that shrinks a fleet",
    change: () => ({ activeColor: "blue", minSize: 1 }),
    words: /an update that moves traffic may not shrink a fleet/,
  },
  { what: "another port", change: () => ({ appPort: 3001 }), words: /appPort can't change in a running stack/ },
  {
    what: "another VPC range",
    change: () => ({ vpcCidr: "10.1.0.0/16" }),
    words: /vpcCidr can't change in a running stack/,
  },
  {
    what: "other zones",
    change: () => ({ availabilityZones: ["eu-central-1a", "eu-central-1c"] }),
    words: /the zones of the stack's VPC can't change \(eu-central-1a, eu-central-1b to eu-central-1a, eu-central-1c/,
  },
  {
    what: "an instance type that a zone lacks",
    change: () => ({ instanceType: "g7.2xlarge" }),
    words: /instanceType g7\.2xlarge is not offered in eu-central-1b; eu-central-1a, eu-central-1c do/,
  },
  {
    what: "an image that isn't there",
    change: () => ({ blueAmi: "ami-00000000" }),
    words: /no such image can be seen/,
  },
  {
    what: "an unknown colour",
    change: () => ({ activeColor: "purple" }),
    words: /activeColor: "purple". Allowed: blue or green/,
  },
  {
    what: "an image by alias",
    change: () => ({ blueAmi: "ami-latest" }),
    words: /blueAmi: "ami-latest". Allowed: a pinned image id/,
  },
  {
    what: "an unknown setting",
    change: () => ({ standbyWieght: 10 }),
    words: /standbyWieght: \(not shown\)\. Allowed: no such setting/,
  },
  {
    what: "several faults at once",
    change: () => ({ minSize: 9, maxSize: 3, allowedCidrs: ["10.0.0.1/8"] }),
    words: /allowedCidrs[\s\S]*minSize|minSize[\s\S]*allowedCidrs/,
  },
];

const guards: Step = {
  name: "guards",
  title: "every guard tripped once: nothing changes, no request fails",
  from: fixtures.green,
  async run(context): Promise<Findings> {
    const begun = Date.now();
    const said: string[] = [];
    for (const { what, change, words } of refusals) {
      context.say(what);
      const { error = "" } = await context.refused({ ...fixtures.green(context), ...change(context) }, words);
      said.push(error);
    }
    const stated = statedRefusals(await readFile(PAGE, "utf8")).filter(
      ({ byGate, words }) => !byGate && !ELSEWHERE.test(words.source),
    );
    const unsaid = stated.filter(({ words }) => !said.some((error) => words.test(error)));
    if (stated.length === 0 || unsaid.length > 0)
      throw new Error(
        `docs/safety.md states what no guard said: ${unsaid.map(({ words }) => words.source).join(", ")}`,
      );
    const { byColor } = await context.traffic(begun);
    if (byColor.blue > 0) throw new Error(`${byColor.blue} requests were answered by blue`);
    context.apply(fixtures.green(context));
    return { touched: [], note: `${refusals.length} of ${refusals.length} refused before anything changed` };
  },
};

const floor: Step = {
  name: "capacity-floor",
  title: "green runs more than its minimum: the gate asks for the floor, then lets the flip through",
  from: fixtures.green,
  async run(context) {
    const serving = { ...fixtures.green(context) };
    await context.scaleTo("green", 3);
    const flip = { ...serving, activeColor: "blue" };
    await foreseen(context, flip, /blue has 2 healthy targets and needs 3/);
    await context.refused(flip, /blue has 2 healthy targets and needs 3/, [listenerName]);
    await context.updated({ ...serving, capacityFloor: 3 });
    const result = await context.updated({ ...flip, capacityFloor: 3 });
    await context.updated({ ...serving, capacityFloor: 3 });
    await context.updated(serving);
    return {
      touched: [listenerName],
      updateSeconds: result.seconds,
      note: "refused at 2 of 3, through with capacityFloor: 3",
    };
  },
};

/** Previews, and expects that it goes through and warns of what the update would be refused for. */
async function foreseen(context: Context, fixture: Fixture, words: RegExp): Promise<void> {
  context.apply(fixture);
  const { ok, error, diagnostics } = await context.session.stack.preview();
  if (!ok) throw new Error(`the preview was expected to go through, but: ${error}`);
  if (diagnostics.some(({ severity, message }) => severity === "warning" && words.test(message))) return;
  throw new Error(`the preview was expected to warn with ${words}; it said: ${JSON.stringify(diagnostics)}`);
}

export const guardSteps: Step[] = [guards, floor];
