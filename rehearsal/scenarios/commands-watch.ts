import { other, byColor, colors, type ByColor, type Color } from "../../deployment/model.ts";
import type { StackOutputs } from "../../deployment/stack-outputs.ts";
import { latestRecord } from "../../cli/store/records.ts";
import type { ReleaseRecord } from "../../cli/state/model.ts";
import type { CloudState } from "@bluegreen/local-aws";
import { dynamodb } from "./aws.ts";
import type { Context } from "./context.ts";

/** Names of what a release moves and writes; they stay as they are for a stack's life. */
export type Stack = Pick<StackOutputs, "listenerArn" | "targetGroupArns" | "releases">;

/** What is really there at one moment, seen by nobody's state. */
export interface Seen {
  /** Weights of the main listener. */
  readonly weights: ByColor<number>;
  /** Instances of each colour's groups that are InService. */
  readonly inService: ByColor<number>;
}

export async function seenNow({ session }: Context, stack: Stack): Promise<Seen> {
  return seenIn(await session.state(), stack);
}

export function seenIn({ loadBalancers, groups }: CloudState, { listenerArn, targetGroupArns }: Stack): Seen {
  const weights = loadBalancers.flatMap(({ listeners }) => listeners).find(({ arn }) => arn === listenerArn)?.weights;
  return {
    weights: byColor((color) => weights?.[targetGroupArns[color]] ?? 0),
    inService: byColor((color) =>
      groups
        .filter(({ targetGroups }) => targetGroups.includes(targetGroupArns[color]))
        .reduce((sum, { inService }) => sum + inService.length, 0),
    ),
  };
}

/** What no release may ever do, in one step from one moment to the next. */
export function faultsBetween(before: Seen, now: Seen): string[] {
  const faults = colors.flatMap((color) => {
    const keeps = before.weights[color] > 0 && now.weights[color] > 0;
    const [had, has] = [before.inService[color], now.inService[color]];
    return keeps && has < had ? [`${color} shrank from ${had} to ${has} instances with traffic`] : [];
  });
  const dead = now.weights.blue === 0 && now.weights.green === 0;
  return dead ? [...faults, "both weights are 0"] : faults;
}

/** Milliseconds between two looks. */
const period = 100;

/** Looks at the stack from outside, all the time, while commands work on it. */
export class Watch {
  readonly faults = new Set<string>();
  /** Weights in the order in which they were seen, each once in a row. */
  readonly moves: ByColor<number>[] = [];
  private last: Seen | undefined;
  private ended = false;
  private readonly looking: Promise<void>;

  private readonly context: Context;
  private readonly stack: Stack;

  constructor(context: Context, stack: Stack) {
    this.context = context;
    this.stack = stack;
    this.looking = this.goOn();
  }

  /** Ends the watch. Rejects when it has seen what must not be. */
  async stop(): Promise<void> {
    this.ended = true;
    await this.looking;
    if (this.faults.size > 0) throw new Error(`seen from outside: ${[...this.faults].join("; ")}`);
  }

  /** One look, now. */
  async look(): Promise<void> {
    const now = await seenNow(this.context, this.stack);
    if (this.last) for (const fault of faultsBetween(this.last, now)) this.faults.add(fault);
    const known = this.moves.at(-1);
    if (known?.blue !== now.weights.blue || known.green !== now.weights.green) this.moves.push(now.weights);
    this.last = now;
  }

  private async goOn(): Promise<void> {
    while (!this.ended) {
      await this.look();
      await new Promise((resolve) => setTimeout(resolve, period));
    }
  }
}

/** The colour that has all requests. */
export async function servingNow(context: Context, stack: Stack): Promise<Color> {
  const { weights } = await seenNow(context, stack);
  const color = colors.find((one) => weights[one] > 0 && weights[other(one)] === 0);
  if (color === undefined) throw new Error(`no colour has all requests: ${JSON.stringify(weights)}`);
  return color;
}

/** Rejects unless a colour has all requests. */
export async function expectServing(context: Context, stack: Stack, color: Color): Promise<void> {
  const now = await servingNow(context, stack);
  if (now !== color) throw new Error(`${color} was to have all requests, but ${now} has them`);
}

/** The newest record, and its outcome as expected. */
export async function expectRecord(
  context: Context,
  { releases }: Stack,
  imageId: string,
  outcome: ReleaseRecord["outcome"],
): Promise<ReleaseRecord> {
  const record = await latestRecord(dynamodb(context), releases.tableName);
  if (record?.image.imageId !== imageId || record.outcome !== outcome) {
    const what = record && `${record.image.version} ${record.outcome}: ${record.why}`;
    throw new Error(`the newest record was to say ${imageId} ${outcome}, but it says ${what ?? "nothing"}`);
  }
  return record;
}
