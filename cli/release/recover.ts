import {
  DeleteAutoScalingGroupCommand,
  DeletePolicyCommand,
  DescribePoliciesCommand,
  type AutoScalingGroup,
} from "@aws-sdk/client-auto-scaling";
import type { Color } from "../../components/traffic.ts";
import { readWorld, type Reading } from "../read-world.ts";
import { Refusal } from "../refusal.ts";
import type { Session } from "../session.ts";
import type { Teller } from "../ui.ts";
import { groupsOf } from "../world.ts";
import { told } from "./update.ts";

/**
 * Brings state and world together after a run that was killed: the state learns what is there and forgets what was never
 * finished, and what that run had made without the state knowing it is removed: Auto Scaling groups and scaling policies
 * of this stack, which would stay for ever, at a price.
 * @throws Refusal when the state can't be refreshed, or when such a group belongs to a colour with traffic
 */
export async function recover(session: Session, tell: Teller): Promise<Reading> {
  const result = await session.operator.run("refresh", { clearPendingCreates: true, onProgress: told(tell) });
  if (!result.ok) throw new Refusal("failed", `The state can't be brought up to date: ${result.error}`);
  const reading = await readWorld(session);
  await removeOrphans(session, reading, tell);
  return reading;
}

async function removeOrphans(session: Session, { world, recorded }: Reading, tell: Teller): Promise<void> {
  const { clients, project, environment } = session;
  const groups = await groupsOf(clients, environment, project);
  for (const group of groups) {
    const name = group.AutoScalingGroupName ?? "";
    if (recorded.groupNames.includes(name)) {
      await removeUnknownPolicies(session, name, recorded.policyNames, tell);
    } else if (group.Status === undefined) {
      const color = colorOf(group);
      if (color === undefined || world.weights.live[color] > 0) {
        throw new Refusal(
          "refused",
          `Auto Scaling group ${name} carries this stack's tags, but its state doesn't know it, and ${color ?? "no colour"} has traffic. Look at it, and delete it by hand.`,
        );
      }
      tell.keep(`removing ${name}, which a run that was cut off has left behind`);
      await clients.autoScaling.send(
        new DeleteAutoScalingGroupCommand({ AutoScalingGroupName: name, ForceDelete: true }),
      );
    }
  }
}

/** Names that the program gives its policies; others are somebody else's. */
const ownPolicy = /^app-(blue|green)-(cpu|requests)-[0-9a-f]{7}$/;

/** A second policy for the same metric would be refused: "Only one TargetTrackingScaling policy for a given metric". */
async function removeUnknownPolicies(
  session: Session,
  group: string,
  known: readonly string[],
  tell: Teller,
): Promise<void> {
  const { autoScaling } = session.clients;
  const asked = new DescribePoliciesCommand({ AutoScalingGroupName: group });
  const { ScalingPolicies = [] } = await autoScaling.send(asked);
  const names = ScalingPolicies.map(({ PolicyName = "" }) => PolicyName);
  for (const PolicyName of names.filter((name) => ownPolicy.test(name) && !known.includes(name))) {
    tell.keep(`removing scaling policy ${PolicyName}, which a run that was cut off has left behind`);
    await autoScaling.send(new DeletePolicyCommand({ AutoScalingGroupName: group, PolicyName }));
  }
}

function colorOf({ Tags = [] }: AutoScalingGroup): Color | undefined {
  const color = Tags.find(({ Key }) => Key === "Color")?.Value;
  return color === "blue" || color === "green" ? color : undefined;
}
