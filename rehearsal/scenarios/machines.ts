import { listenerName } from "../../deployment/names.ts";
import { Visitors, type Visits } from "../load/visitors.ts";
import type { MachineImageName } from "../images/machine-images.ts";
import { pause, type Context, type Step, type Fixture } from "./context.ts";
import { gateStops, neverReady } from "./faults.ts";
import { move, fixtures } from "./release.ts";

/** What only machines can show: sessions of the reference service, and mistakes that are found while a system boots. */

const imageOf = (context: Context, name: MachineImageName): string => {
  const id = context.session.machineImages?.[name];
  if (id === undefined) throw new Error(`there is no image ${name}: this step needs --machines`);
  return id;
};

/** Green serves; blue comes up with an image of machines. */
const withBlue =
  (name: MachineImageName) =>
  (context: Context): Fixture => ({ ...fixtures.green(context), blueAmi: imageOf(context, name) });

export const sessions: Step = {
  name: "sessions",
  title: "20 people stay logged in through a flip and the rollback",
  from: fixtures.warm,
  async run(context) {
    const { main } = await context.urls();
    const visitors = new Visitors(main, 20, 100);
    let visits: Visits;
    try {
      await pause(1);
      await move(context, fixtures.green(context), { from: "blue", to: "green" });
      await move(context, fixtures.warm(context), { from: "green", to: "blue" });
    } finally {
      visits = await visitors.stop();
    }
    const { requests, sawBoth, faults } = visits;
    if (faults.length > 0) throw new Error(`${faults.length} times a session was lost, the first time: ${faults[0]}`);
    if (sawBoth < 20) throw new Error(`only ${sawBoth} of 20 sessions went on across both versions`);
    return { touched: [listenerName], note: `${requests} requests in 20 sessions over both versions, none lost` };
  },
};

export const machineFaults: Step[] = [
  neverReady(
    "broken-config",
    "an image with a mistake in its settings: its boot gate gives it up",
    /given up at the boot gate/,
    withBlue("broken-config"),
  ),
  neverReady(
    "failed-unit",
    "an image whose service can't start: its boot gate gives it up",
    /given up at the boot gate/,
    withBlue("failed-unit"),
  ),
  // Nothing is wrong in the system, so the boot gate lets it through; the stack's gate compares it with its tag.
  gateStops(
    "wrong-version",
    "an image whose tag tells another version: the gate stops the flip",
    /\[gate-closed\][\s\S]*v2\.9\.0/,
    withBlue("wrong-version"),
  ),
];
