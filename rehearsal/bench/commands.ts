import { runCommand } from "../scenarios/commands-process.ts";
import { pause, type Context } from "../scenarios/context.ts";
import type { Color } from "../../deployment/model.ts";
import { median, type Figure } from "./figure.ts";
import { partsOf, type Part } from "./outcome.ts";

/** Cut-overs and rollbacks measured, in turn. */
const rounds = 5;

/** Seconds that a user waits at most for the last answer of the colour that loses the traffic. */
const soon = { cutover: 5, rollback: 4 } as const;

/** Seconds of traffic after a command in which a late answer, or a lost one, would show up. */
const aftermath = 2;

/**
 * Blue serves, green stands by with another image: all requests to green and back, each by the command, under load. The time
 * runs from the start of the command's process to the last answer of the colour that loses the traffic.
 */
export async function moves(
  context: Context,
  say: (line: string) => void,
): Promise<{ figures: Figure[]; rollbackSeconds: number }> {
  const cutover = ["cutover", "--strategy", "all-at-once"];
  const kinds = [
    {
      name: "cutover --strategy all-at-once",
      args: cutover,
      from: "blue",
      limit: soon.cutover,
      seconds: [] as number[],
    },
    { name: "rollback", args: ["rollback"], from: "green", limit: soon.rollback, seconds: [] as number[] },
  ] as const;
  let failed = 0;
  let sent = 0;
  for (let round = 1; round <= rounds; round++) {
    say(`bluegreen cutover and rollback, round ${round} of ${rounds}`);
    for (const { args, from, seconds } of kinds) {
      const begun = Date.now();
      await runCommand(context, args, 0);
      await pause(aftermath);
      const traffic = await context.traffic(begun);
      seconds.push(lastOf(traffic.lastOf(from), begun, from));
      failed += traffic.failed;
      sent += traffic.sent;
    }
  }
  const figures = [
    ...kinds.map(({ name, from, seconds, limit }): Figure => {
      const value = median(seconds);
      const what = `bluegreen ${name}: seconds to the last answer of ${from}, which loses the traffic (median of ${rounds})`;
      return { name: what, value: value.toFixed(1), limit: `${limit}`, ok: value <= limit };
    }),
    {
      name: `requests failed of ${sent} in all of these cut-overs and rollbacks`,
      value: `${failed}`,
      limit: "0",
      ok: failed === 0,
    },
  ];
  return { figures, rollbackSeconds: median(kinds[1].seconds) };
}

function lastOf(at: number | undefined, begun: number, color: Color): number {
  if (at === undefined)
    throw new Error(`${color} did not answer before the command: there was nothing to be taken from it`);
  return (at - begun) / 1000;
}

/** One whole release with a short canary and bake, in its parts. */
export async function wholeRelease(context: Context, say: (line: string) => void): Promise<Figure[]> {
  const [strategy, bake] = ["canary=10%,10s", "10s"];
  const args = ["release", context.session.images["brings-schema-2"], "--strategy", strategy, "--bake", bake];
  say(`bluegreen release --strategy ${strategy} --bake ${bake}`);
  const begun = Date.now();
  const end = await runCommand(context, args, 0);
  await pause(aftermath);
  const { failed } = await context.traffic(begun);
  const parts = Object.entries(partsOf(end)) as [Part, number][];
  const named = parts.map(([part, seconds]) => `${part} ${seconds.toFixed(1)}`).join(", ");
  return [
    {
      name: `bluegreen release --strategy ${strategy} --bake ${bake}: seconds`,
      value: `${end.seconds.toFixed(1)}: ${named}`,
      limit: "300",
      ok: end.seconds <= 300,
    },
    { name: "requests failed in it", value: `${failed}`, limit: "0", ok: failed === 0 },
  ];
}
