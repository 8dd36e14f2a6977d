import {
  DescribeListenersCommand,
  DescribeTagsCommand,
  ModifyListenerCommand,
  paginateDescribeLoadBalancers,
  paginateDescribeTargetGroups,
  type Listener,
  type Tag,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { observe, targetHealth } from "../../components/live.ts";
import { colors, other, shares, weightsFor, type ByColor, type Color } from "../../components/traffic.ts";
import { explained } from "../aws-errors.ts";
import { Refusal } from "../refusal.ts";
import type { Session } from "../session.ts";
import type { Context } from "./context.ts";
import { confirm, type RollbackOptions } from "./rollback.ts";

/** The main listener and the target groups, found by the stack's tags alone. */
interface Found {
  readonly listener: Listener;
  readonly arns: ByColor<string>;
  readonly weights: ByColor<number>;
}

/**
 * Changes the live listener by one call to AWS: for the night when the state's backend is down. Neither the state nor the
 * settings learn of it; it says how they do, later.
 */
export async function direct(context: Context, wanted: Color | undefined, options: RollbackOptions): Promise<void> {
  const session = await context.open({ offline: true });
  try {
    await change(context, session, wanted, options);
  } catch (error) {
    throw explained(error);
  }
}

async function change(context: Context, session: Session, wanted: Color | undefined, options: RollbackOptions) {
  const { ui, clients, place, environment } = session;
  const { listener, arns, weights } = await find(session);
  const to = wanted ?? directTarget(weights);
  const { healthy } = observe(await targetHealth(clients, arns[to]));
  if (healthy === 0 && options.override === undefined) {
    throw new Refusal(
      "refused",
      `${to} has no healthy target: all requests would fail. Name the other one with --to, or go all the same: --override "why".`,
    );
  }
  await confirm(
    context,
    options,
    `The live weights are ${shares(weights)}. Give all requests to ${to}, past the state?`,
  );
  const next = weightsFor(to, 0);
  await ui.step("rollback", `Giving ${to} all requests, by one call to AWS`, () =>
    clients.elb.send(
      new ModifyListenerCommand({
        ListenerArn: listener.ListenerArn,
        DefaultActions: withWeights(listener, arns, next),
      }),
    ),
  );
  ui.say(
    `${to} has all requests. The state and Pulumi.${environment}.yaml don't know it: when the backend is there again, ` +
      `bluegreen rollback --to ${to} --stack ${place.stack} writes it down, and changes nothing else.`,
  );
}

/** Who gets all requests where only the listener can be asked: of a split the greater part, which a canary isn't; else the other one. */
export function directTarget(weights: ByColor<number>): Color {
  const greater: Color = weights.green > weights.blue ? "green" : "blue";
  return weights[other(greater)] > 0 ? greater : other(greater);
}

/** The listener's own action with other weights: stickiness and all else stay. */
function withWeights({ DefaultActions = [] }: Listener, arns: ByColor<string>, weights: ByColor<number>) {
  return DefaultActions.map((action) =>
    action.Type === "forward" && action.ForwardConfig
      ? {
          ...{ Type: action.Type, Order: action.Order },
          ForwardConfig: {
            ...action.ForwardConfig,
            TargetGroups: colors.map((color) => ({ TargetGroupArn: arns[color], Weight: weights[color] })),
          },
        }
      : action,
  );
}

async function find(session: Session): Promise<Found> {
  const { elb } = session.clients;
  const balancers: string[] = [];
  for await (const { LoadBalancers = [] } of paginateDescribeLoadBalancers({ client: elb }, {}))
    balancers.push(...LoadBalancers.map(({ LoadBalancerArn = "" }) => LoadBalancerArn));
  const [balancer] = (await tagged(session, balancers)).keys();
  const groups: string[] = [];
  for await (const { TargetGroups = [] } of paginateDescribeTargetGroups({ client: elb }, {}))
    groups.push(...TargetGroups.map(({ TargetGroupArn = "" }) => TargetGroupArn));
  const byColorTag = [...(await tagged(session, groups))].map(([arn, tags]) => [valueOf(tags, "Color"), arn] as const);
  const arnOf = (color: Color) => byColorTag.find(([tag]) => tag === color)?.[1];
  const [blue, green] = [arnOf("blue"), arnOf("green")];
  if (balancer === undefined || blue === undefined || green === undefined) {
    throw new Refusal(
      "refused",
      `No load balancer and target groups with the tags Project=${session.project}, Environment=${session.environment} are here. Check region and account.`,
    );
  }
  const { Listeners = [] } = await elb.send(new DescribeListenersCommand({ LoadBalancerArn: balancer }));
  const weightOf = (listener: Listener, arn: string) =>
    listener.DefaultActions?.find(({ Type }) => Type === "forward")?.ForwardConfig?.TargetGroups?.find(
      ({ TargetGroupArn }) => TargetGroupArn === arn,
    )?.Weight;
  // The preview listener answers without a colour by itself, and port 80 may only redirect: one alone forwards to both.
  const listener = Listeners.find((one) => weightOf(one, blue) !== undefined && weightOf(one, green) !== undefined);
  if (listener === undefined)
    throw new Refusal("refused", `No listener of ${balancer} forwards to both colours. Look at it in the console.`);
  return {
    ...{ listener, arns: { blue, green } },
    weights: { blue: weightOf(listener, blue) ?? 0, green: weightOf(listener, green) ?? 0 },
  };
}

/** Those of the resources that carry the stack's tags. */
async function tagged({ clients, project, environment }: Session, arns: string[]): Promise<Map<string, Tag[]>> {
  const found = new Map<string, Tag[]>();
  // As many as one call takes.
  for (let index = 0; index < arns.length; index += 20) {
    const asked = new DescribeTagsCommand({ ResourceArns: arns.slice(index, index + 20) });
    for (const { ResourceArn = "", Tags = [] } of (await clients.elb.send(asked)).TagDescriptions ?? [])
      if (valueOf(Tags, "Project") === project && valueOf(Tags, "Environment") === environment)
        found.set(ResourceArn, Tags);
  }
  return found;
}

const valueOf = (tags: Tag[], key: string): string | undefined => tags.find(({ Key }) => Key === key)?.Value;
