import { setTimeout as pause } from "node:timers/promises";
import type { AutoScalingGroup } from "@aws-sdk/client-auto-scaling";
import {
  DescribeListenersCommand,
  DescribeTagsCommand,
  ModifyListenerCommand,
  paginateDescribeLoadBalancers,
  paginateDescribeTargetGroups,
  type Listener,
  type Tag,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { listenerTraffic, liveWeights, observe, targetHealth } from "../../aws/describe.ts";
import { forwardsTo, weightsIn } from "../../deployment/listener-weights.ts";
import { colors, other, shares, weightsFor, type ByColor, type Color } from "../../deployment/model.ts";
import { toCliError } from "../aws-errors.ts";
import { CliError } from "../error.ts";
import type { Session } from "../session.ts";
import { groupsOf } from "../state/describe.ts";
import type { Context } from "./context.ts";
import { tryLock } from "./direct-lock.ts";
import { requireReasonDirect } from "./direct-revoked.ts";
import { confirm, reasonOf, type RollbackOptions } from "./rollback-options.ts";

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
  if (wanted === undefined) throw unnamed(session);
  try {
    await change(context, session, wanted, options);
  } catch (error) {
    throw toCliError(error);
  }
}

/** By the weights alone nobody can tell: during a release both colours may serve, and either may be the one to go back to. */
function unnamed({ stackRef: { stack } }: Session): CliError {
  const command = (to: Color) => `bluegreen rollback --direct --to ${to} --stack ${stack}`;
  return new CliError(
    "usage",
    "--direct needs --to: it asks neither the state nor the records, so it can't tell who served before. " +
      `Give ${command("blue")} or ${command("green")}.`,
  );
}

async function change(context: Context, session: Session, to: Color, options: RollbackOptions) {
  const { ui, clients, stackRef, environment } = session;
  const found = await find(session);
  const { arns, weights } = found;
  const groups = await groupsOfColor(session, to);
  const { healthy, staleTargets } = observe(await targetHealth(clients, arns[to]), groups && membersOf(groups));
  if (healthy === 0 && options.override === undefined) {
    const others = staleTargets.length > 0 ? ` of its own (${staleTargets.join(", ")} are in none of its groups)` : "";
    throw new CliError(
      "refused",
      `${to} has no healthy target${others}: all requests would fail. Name the other one (--to ${other(to)}), or go all the same: --override "why".`,
    );
  }
  const traffic = await listenerTraffic(clients, found.listener.ListenerArn ?? "", arns).catch((error: Error) => {
    ui.say(`Whether the listener also serves others can't be read: ${error.message}`);
    return undefined;
  });
  const foreign = traffic?.foreign ?? [];
  if (foreign.length > 0) {
    const also = `The listener also sends ${foreign.join("; ")}`;
    if (options.override === undefined) {
      throw new CliError(
        "refused",
        `${also}, which this stack does not declare: other target groups in its action would lose it. Go all the same: --override "why".`,
      );
    }
    ui.say(`${also}: other target groups lose it now (${options.override}).`);
  }
  await requireReasonDirect(session, to, reasonOf(options));
  const fleets = (groups ?? [])
    .filter(({ Instances = [] }) => Instances.length > 0)
    .map(({ AutoScalingGroupName = "" }) => AutoScalingGroupName);
  if (fleets.length > 1 && options.override === undefined) {
    throw new CliError(
      "refused",
      `${to} runs ${fleets.join(" and ")}: its fleet is being replaced, and two images may serve. Name the other one (--to ${other(to)}), or go all the same: --override "why".`,
    );
  }
  await confirm(
    context,
    options,
    `The live weights are ${shares(weights)}. Give all requests to ${to}, past the state?`,
  );
  const lock = await tryLock(session, `rollback --direct --to ${to}`);
  try {
    await ui.step("rollback", `Giving ${to} all requests, by one call to AWS`, () => give(session, found, to));
    ui.say(
      `${to} has all requests. The state and Pulumi.${environment}.yaml don't know it: when the backend is there again, ` +
        `bluegreen rollback --to ${to} --stack ${stackRef.stack} writes it down, and changes nothing else.`,
    );
    await ui.step("rollback", `Watching for ${watch.seconds} s that it stays so`, (tell) =>
      keep(session, found, to, (line) => tell.keep(line)),
    );
  } finally {
    await lock?.release();
  }
}

/** The colour's groups, by their tags; undefined where Auto Scaling does not answer: a rollback does not wait for it. */
async function groupsOfColor(
  { clients, environment, project, ui }: Session,
  color: Color,
): Promise<AutoScalingGroup[] | undefined> {
  try {
    const groups = await groupsOf(clients, environment, project);
    return groups.filter(({ Tags = [] }) => valueOf(Tags, "Color") === color);
  } catch (error) {
    ui.say(
      `Whether ${color} has one fleet or two, and whose its targets are, can't be told: ${(error as Error).message}`,
    );
    return undefined;
  }
}

/** Of several groups as of one: no state tells which of them is the fleet. */
const membersOf = (groups: readonly AutoScalingGroup[]) => ({
  Instances: groups.flatMap(({ Instances = [] }) => Instances),
  DesiredCapacity: groups.reduce((sum, { DesiredCapacity = 0 }) => sum + DesiredCapacity, 0),
});

function give({ clients }: Session, { listener, arns }: Found, to: Color) {
  const DefaultActions = withWeights(listener, arns, weightsFor(to, 0));
  return clients.elb.send(new ModifyListenerCommand({ ListenerArn: listener.ListenerArn, DefaultActions }));
}

/**
 * A release that was preempted notices within ten seconds, and a call of its update that was under way lands a moment later;
 * who changes the weights more often than that does it on purpose.
 */
const watch = { seconds: 15, changes: 3 };

/**
 * Looks again for some time, and puts back what somebody's update has changed meanwhile.
 * @throws CliError when it is changed again and again
 */
async function keep(session: Session, found: Found, to: Color, report: (line: string) => void): Promise<void> {
  const { clients, signal } = session;
  const ended = (): never => {
    const reason: unknown = signal.reason;
    throw reason instanceof CliError && reason.code !== "interrupted"
      ? reason
      : new CliError("interrupted", `The listener is watched no longer. ${to} had all requests when it was seen last.`);
  };
  const decided = weightsFor(to, 0);
  let changes = 0;
  for (let quiet = 0; quiet < watch.seconds; quiet++) {
    await pause(1_000, undefined, { signal }).catch(ended);
    const now = await liveWeights(clients, found.listener.ListenerArn ?? "", found.arns).catch((error: Error) =>
      report(`the listener can't be read now: ${error.message}`),
    );
    if (now === undefined || colors.every((color) => now[color] === decided[color])) continue;
    if (++changes > watch.changes) {
      throw new CliError(
        "failed",
        `Somebody gives the listener other weights again and again (now ${shares(now)}). Find out who: an update that runs, or another rollback.`,
      );
    }
    await give(session, found, to);
    report(`somebody's update gave ${shares(now)}; ${to} has all requests again`);
    quiet = -1;
  }
}

/** The listener's own action with other weights: stickiness and all else stay. */
function withWeights({ DefaultActions = [] }: Listener, arns: ByColor<string>, weights: ByColor<number>) {
  return DefaultActions.map((action) =>
    action.Type === "forward" && action.ForwardConfig
      ? {
          Type: action.Type,
          Order: action.Order,
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
    throw new CliError(
      "refused",
      `No load balancer and target groups with the tags Project=${session.project}, Environment=${session.environment} are here. Check region and account.`,
    );
  }
  const { Listeners = [] } = await elb.send(new DescribeListenersCommand({ LoadBalancerArn: balancer }));
  const arns = { blue, green };
  // The preview listener answers without a colour by itself, and port 80 may only redirect: one alone forwards to both.
  const listener = Listeners.find(({ DefaultActions = [] }) =>
    colors.every((color) => forwardsTo(DefaultActions, arns[color])),
  );
  if (listener === undefined)
    throw new CliError("refused", `No listener of ${balancer} forwards to both colours. Look at it in the console.`);
  return { listener, arns, weights: weightsIn(listener.DefaultActions ?? [], arns) };
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

const valueOf = (tags: Partial<Tag>[], key: string): string | undefined => tags.find(({ Key }) => Key === key)?.Value;
