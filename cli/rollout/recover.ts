import {
  DeleteAutoScalingGroupCommand,
  DeletePolicyCommand,
  type AutoScalingGroup,
} from "@aws-sdk/client-auto-scaling";
import type { Color } from "../../deployment/model.ts";
import { readLiveState, type Reading } from "../state/read.ts";
import { CliError } from "../error.ts";
import type { Session } from "../session.ts";
import type { Teller } from "../ui.ts";
import { groupsOf, policiesOf, unknownTo, unlessGone, weightsNow, type GroupPolicy } from "../state/describe.ts";
import { reportProgress } from "./update.ts";

/**
 * Brings state and world together after a run that was killed: the state learns what is there and forgets what was never
 * finished, and what that run had made without the state knowing it is removed: Auto Scaling groups and scaling policies
 * of this stack, which would stay for ever, at a price. Only what was there before the refresh is removed: the refresh held
 * the state, so no update that is still at work can have made it.
 * @param sparing a group of a colour with traffic is left alone instead of being refused
 * @throws CliError when the state can't be refreshed, or when such a group belongs to a colour with traffic
 */
export async function recover(session: Session, tell: Teller, sparing: boolean): Promise<Reading> {
  const { clients, project, environment } = session;
  const before = await groupsOf(clients, environment, project);
  const policies = await policiesOf(
    clients,
    before.map(({ AutoScalingGroupName = "" }) => AutoScalingGroupName),
  );
  const result = await session.runner.run("refresh", { clearPendingCreates: true, onProgress: reportProgress(tell) });
  if (!result.ok) throw new CliError("failed", `The state can't be brought up to date: ${result.error}`);
  const reading = await readLiveState(session);
  const { recorded } = reading;
  const unknown = unknownTo(recorded, before);
  for (const group of unknown) await removeGroup(session, reading, group, tell, sparing);
  const orphans = policies.filter(
    ({ group, name }) => recorded.groupNames.includes(group) && !recorded.policyNames.includes(name),
  );
  for (const policy of orphans) await removePolicy(session, policy, tell);
  return unknown.length + orphans.length > 0 ? readLiveState(session, recorded) : reading;
}

async function removeGroup(
  session: Session,
  { recorded }: Reading,
  group: AutoScalingGroup,
  tell: Teller,
  sparing: boolean,
): Promise<void> {
  const name = group.AutoScalingGroupName ?? "";
  const color = colorOf(group);
  // Read anew: somebody may have moved traffic since.
  const live = await weightsNow(session.clients, recorded.outputs);
  if (color === undefined || live === undefined || live[color] > 0) {
    const what = `Auto Scaling group ${name} carries this stack's tags, but its state doesn't know it, and ${color ?? "no colour"} has traffic`;
    if (sparing) return tell.keep(`${what}: it is left alone`);
    throw new CliError("refused", `${what}. Look at it, and delete it by hand.`);
  }
  tell.keep(`removing ${name}, which a run that was cut off has left behind`);
  await session.clients.autoScaling
    .send(new DeleteAutoScalingGroupCommand({ AutoScalingGroupName: name, ForceDelete: true }))
    .catch(unlessGone);
}

/** A second policy for the same metric would be refused: "Only one TargetTrackingScaling policy for a given metric". */
async function removePolicy({ clients }: Session, { group, name }: GroupPolicy, tell: Teller): Promise<void> {
  tell.keep(`removing scaling policy ${name}, which a run that was cut off has left behind`);
  await clients.autoScaling
    .send(new DeletePolicyCommand({ AutoScalingGroupName: group, PolicyName: name }))
    .catch(unlessGone);
}

function colorOf({ Tags = [] }: AutoScalingGroup): Color | undefined {
  const color = Tags.find(({ Key }) => Key === "Color")?.Value;
  return color === "blue" || color === "green" ? color : undefined;
}
