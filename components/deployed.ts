import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { AwsClients } from "../aws/clients.ts";
import { liveWeights } from "../aws/describe.ts";
import { byColor, servingColor, type ByColor, type CurrentState } from "../deployment/model.ts";
import { stackOutputs } from "../deployment/stack-outputs.ts";

/** What was deployed, and where it is: guards and gate ask there again, right before a change. */
export interface DeployedStack extends CurrentState {
  listenerArn: string;
  targetGroupArns: ByColor<string>;
  /** Names of the Auto Scaling groups; undefined where the outputs don't tell. */
  groupNames?: ByColor<string>;
  /** Subnets of an existing VPC that an update has taken; undefined: the state is older than that record. */
  subnetIds?: string[];
  /** Table of the release commands; undefined in a stack that has none. */
  releasesTable?: string;
}

/** The engine's answer. */
interface StackReference {
  outputs: Record<string, unknown>;
}

/**
 * What the stack's last successful update left, with who serves by the weights that are live now: after a run that failed behind the
 * flip the outputs still tell of the time before it.
 * @returns undefined on a stack's first update.
 * @throws RunError when the output `deployed` was written by something else than this program.
 */
export async function readCurrentState(clients: AwsClients): Promise<DeployedStack | undefined> {
  const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  // What a StackReference asks, without the resource: in the state it would show as a change in every refresh.
  const stack = (await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name })) as StackReference;
  const last = stack.outputs["deployed"];
  if (last === undefined) return undefined;
  const parsed = stackOutputs.shape.deployed.safeParse(last);
  if (!parsed.success) {
    throw new pulumi.RunError(
      `The stack output "deployed" is not readable: ${z.prettifyError(parsed.error)}\n` +
        `Run the program's version that wrote it, or remove the stack's outputs with pulumi stack export and import.`,
    );
  }
  const { listenerArn, targetGroupArns, ...deployed } = parsed.data;
  const groups = stackOutputs.shape.fleets.safeParse(stack.outputs["fleets"]).data;
  const weights = (await liveWeights(clients, listenerArn, targetGroupArns)) ?? deployed.weights;
  return {
    ...deployed,
    weights,
    activeColor: servingColor(weights, deployed.activeColor),
    listenerArn,
    targetGroupArns,
    groupNames: groups && byColor((color) => groups[color].groupName),
    releasesTable: stackOutputs.shape.releases.safeParse(stack.outputs["releases"]).data?.tableName,
  };
}
