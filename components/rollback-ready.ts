import type { AutoScalingGroup } from "@aws-sdk/client-auto-scaling";
import type { TargetHealthDescription } from "@aws-sdk/client-elastic-load-balancing-v2";
import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { AwsClients } from "../aws/clients.ts";
import { autoScalingGroup, observe, targetHealth } from "../aws/describe.ts";
import { byColor, colors, type ByColor, type Color, type Plan, type TargetHealthSummary } from "../deployment/model.ts";
import { rollbackReadiness, type RollbackReadiness } from "../deployment/rollback-readiness.ts";
import type { Fleet } from "./fleet.ts";
import { known } from "./known.ts";

export interface RollbackReadyArgs {
  readonly clients: AwsClients;
  readonly plan: Plan;
  /** The colour that is declared to serve. */
  readonly activeColor: Color;
  readonly targetGroups: ByColor<aws.lb.TargetGroup>;
  readonly fleets: ByColor<Fleet>;
  /** What is wrong with a colour's image where it is revoked, as words behind its name; default: none is. */
  readonly revoked?: ByColor<string | undefined>;
  /** Percent of the requests, as the listener has it once its update is through. */
  readonly weights: pulumi.Output<ByColor<number>>;
}

type Judge = (weights: ByColor<number>, observed: Partial<ByColor<TargetHealthSummary>>) => RollbackReadiness;

/** Whether the traffic could go back at once, judged when the update has come to its end; in a preview, what is known of it. */
export function rollbackReady(args: RollbackReadyArgs): pulumi.Output<RollbackReadiness> {
  const { plan, activeColor, revoked } = args;
  const judge: Judge = (weights, observed) =>
    rollbackReadiness({
      weights,
      recorded: weights,
      activeColor,
      capacity: plan.capacity,
      imageIds: byColor((color) => plan.machines[color].imageId),
      // What others add to the listener at any time is asked by the gate, and told by bluegreen status.
      foreign: [],
      revoked,
      observed,
    });
  return pulumi.runtime.isDryRun() ? whetherItWillBe(args, judge) : whetherItIs(args, judge);
}

function whetherItIs({ clients, targetGroups, fleets, weights }: RollbackReadyArgs, judge: Judge) {
  const arns = byColor((color) => targetGroups[color].arn);
  const names = byColor((color) => fleets[color].ready.apply((group) => group.name));
  return pulumi.all([arns, weights, names]).apply(async ([targetGroupArns, live, groupNames]) => {
    const look = async (color: Color) =>
      ownTargets(
        await targetHealth(clients, targetGroupArns[color]),
        await autoScalingGroup(clients, groupNames[color]),
      );
    const [blue, green] = await Promise.all([look("blue"), look("green")]);
    return judge(live, { blue, green });
  });
}

/** What a preview knows of it: by the settings, and by what is there of the fleets that the update leaves as they are. */
function whetherItWillBe({ clients, plan, targetGroups, fleets }: RollbackReadyArgs, judge: Judge) {
  // Names alone are known in every preview: an output that waits for more would be unknown as a whole.
  return pulumi.all(colors.map((color) => fleets[color].ready.apply((group) => group.urn))).apply(async () => {
    const look = async (color: Color) => {
      const group = await fleets[color].unchanged(clients);
      return group && ownTargets(await targetHealth(clients, await known(targetGroups[color].arn)), group);
    };
    const [blue, green] = await Promise.all([look("blue"), look("green")]);
    return judge(plan.weights, { blue, green });
  });
}

/** Targets of a group. Those of the group before it are left out: the engine deletes that when the program has ended. */
const ownTargets = (targets: TargetHealthDescription[], group: AutoScalingGroup | undefined): TargetHealthSummary => ({
  ...observe(targets, group ?? {}),
  staleTargets: [],
});
