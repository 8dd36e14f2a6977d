import { catalog, type ImageName } from "../images/catalog.ts";
import { startCommand } from "../scenarios/commands-process.ts";
import { pause, type Context } from "../scenarios/context.ts";
import { outcomeOf, priceOf, type Outcome } from "./outcome.ts";

/** How each of them is released: its canary is long enough for what users alone can find out. */
export const strategy = ["--strategy", "canary=10%,60s", "--bake", "10s"] as const;

/** Ten releases, good and bad in turn, and what is to become of each. */
const plan: readonly { readonly image: ImageName; readonly expected: Outcome }[] = [
  { image: "good-v2", expected: "released" },
  { image: "never-healthy", expected: "stage" },
  { image: "slow-start", expected: "released" },
  { image: "error-500", expected: "check" },
  { image: "good-v1", expected: "released" },
  { image: "fails-under-load", expected: "canary" },
  { image: "brings-schema-2", expected: "released" },
  { image: "needs-schema-2", expected: "refused" },
  { image: "good-v2", expected: "released" },
  { image: "crash", expected: "stage" },
];

/** What became of a release. */
export interface Release {
  readonly image: ImageName;
  readonly description: string;
  readonly expected: Outcome;
  readonly outcome: Outcome;
  /** From the command to its end. */
  readonly seconds: number;
  readonly requests: number;
  /** Requests that failed, but for the price. */
  readonly failed: number;
  /** Requests that a bad image failed by itself, with its canary's share. */
  readonly price: number;
  /** Whether the users were with the right image in the end. */
  readonly isRight: boolean;
}

/** Whether all went as it was to go: the outcome, no request lost, and the users with the right image. */
export const wentWell = ({ outcome, expected, failed, isRight }: Release): boolean =>
  outcome === expected && failed === 0 && isRight;

/** Runs all of them in a row, under load. */
export async function tenReleases(context: Context, say: (line: string) => void): Promise<Release[]> {
  const releases: Release[] = [];
  for (const { image, expected } of plan) {
    say(`release ${releases.length + 1} of ${plan.length}: ${image}, to be ${expected}`);
    const release = await releaseOf(context, image, expected);
    releases.push(release);
    say(`  ${release.outcome}, ${release.seconds.toFixed(1)} s, ${release.failed} failed beside ${release.price}`);
  }
  return releases;
}

async function releaseOf(context: Context, image: ImageName, expected: Outcome): Promise<Release> {
  const [{ version, description }] = catalog.filter(({ name }) => name === image);
  const before = await served(context);
  const begun = Date.now();
  const args = ["release", version, ...strategy];
  const end = await startCommand(context, args).end;
  const after = await served(context);
  const traffic = await context.traffic(begun);
  const price = expected === "canary" ? priceOf(traffic.errors, version) : 0;
  const outcome = outcomeOf(end);
  if (outcome === "failed") context.say(`${image}: ${end.errors.join(" | ")}`);
  return {
    image,
    description,
    expected,
    outcome,
    price,
    seconds: end.seconds,
    requests: traffic.sent,
    failed: traffic.failed - price,
    isRight: after !== undefined && after === (outcome === "released" ? version : before),
  };
}

/** The version that all users get, by two seconds of the load; undefined: more than one. */
async function served(context: Context): Promise<string | undefined> {
  const since = Date.now();
  await pause(2);
  const [version, ...more] = Object.keys((await context.traffic(since)).byVersion);
  return more.length === 0 ? version : undefined;
}
