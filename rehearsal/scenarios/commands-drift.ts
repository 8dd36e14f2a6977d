import {
  AuthorizeSecurityGroupIngressCommand,
  DescribeSecurityGroupRulesCommand,
  RevokeSecurityGroupIngressCommand,
} from "@aws-sdk/client-ec2";
import { ModifyListenerCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { colors, other } from "../../deployment/model.ts";
import { ec2, elb } from "./aws.ts";
import { quick } from "./commands.ts";
import { runCommand } from "./commands-process.ts";
import { imageOf, toRelease, type Scene } from "./commands-step.ts";
import { expectServing, servingNow } from "./commands-watch.ts";

/** Half of the requests each, past everybody. */
async function moveByHand({ context, stack }: Scene): Promise<void> {
  const TargetGroups = colors.map((color) => ({ TargetGroupArn: stack.targetGroupArns[color], Weight: 50 }));
  await elb(context).send(
    new ModifyListenerCommand({
      ListenerArn: stack.listenerArn,
      DefaultActions: [{ Type: "forward", ForwardConfig: { TargetGroups } }],
    }),
  );
}

/** Takes away what lets the load balancer reach the service. */
async function closePort({ context }: Scene): Promise<void> {
  const { SecurityGroupRules = [] } = await ec2(context).send(new DescribeSecurityGroupRulesCommand({}));
  const rule = SecurityGroupRules.find(({ IsEgress, FromPort }) => IsEgress === false && FromPort === 3000);
  if (rule === undefined) throw new Error("no security group lets anybody in on port 3000");
  const { GroupId, SecurityGroupRuleId = "" } = rule;
  await ec2(context).send(
    new RevokeSecurityGroupIngressCommand({ GroupId, SecurityGroupRuleIds: [SecurityGroupRuleId] }),
  );
}

/**
 * A clean stack has no drift, although its security groups read back the rules that are resources of their own; a rule that
 * somebody added is drift until somebody takes it away, also when a refresh has taken it into the state.
 */
export async function ruleByHand({ context }: Scene): Promise<void> {
  await runCommand(context, ["drift"], 0);
  const { SecurityGroupRules = [] } = await ec2(context).send(new DescribeSecurityGroupRulesCommand({}));
  const GroupId = SecurityGroupRules.find(({ IsEgress, FromPort }) => IsEgress === false && FromPort === 3000)?.GroupId;
  const opened = { GroupId, IpProtocol: "tcp", FromPort: 22, ToPort: 22, CidrIp: "0.0.0.0/0" };
  await ec2(context).send(new AuthorizeSecurityGroupIngressCommand(opened));
  const expectFound = async () => {
    const { events } = await runCommand(context, ["drift"], 6);
    const found = JSON.stringify(events.find(({ type }) => type === "result")?.value);
    if (!/\["tcp 22 from 0\.0\.0\.0\/0"\]/.test(found))
      throw new Error(`drift was to name the rule alone, but: ${found}`);
  };
  await expectFound();
  await runCommand(context, ["drift", "--repair"], 0);
  await expectFound();
  await ec2(context).send(new RevokeSecurityGroupIngressCommand(opened));
  await runCommand(context, ["drift"], 0);
}

/** What somebody changed is found, no release begins upon it, and a repair puts it back. */
export async function driftAndRepair(scene: Scene): Promise<void> {
  const { context, stack } = scene;
  const first = await toRelease(scene);
  await runCommand(context, ["release", first.image, ...quick], 0);
  await moveByHand(scene);
  await runCommand(context, ["release", await imageOf(context, first.serving), ...quick], 3, /moved traffic by hand/);
  await runCommand(context, ["drift"], 6);
  await closePort(scene);
  const { events } = await runCommand(context, ["drift"], 6);
  const found = JSON.stringify(events.find(({ type }) => type === "result")?.value);
  for (const what of [/app-listener/, /firewall/])
    if (!what.test(found)) throw new Error(`drift was to name ${what}, but found ${found}`);
  await runCommand(context, ["drift", "--repair"], 0);
  await expectServing(context, stack, first.to);
  await runCommand(context, ["drift"], 0);
}

/** A `pulumi up` from a checkout that does not know of the last command moves nothing, and says which revision does. */
export async function olderCheckout({ context, stack }: Scene): Promise<void> {
  const serving = await servingNow(context, stack);
  await context.adopt();
  const now = context.fixture ?? {};
  const older = { ...now, activeColor: other(serving), standby: "warm", standbyWeight: 0, releaseRevision: 0 };
  const { error = "" } = await context.refused(older, /these settings are older than the last command's/);
  const revision = Number(/pulumi config set releaseRevision (\d+)/.exec(error)?.[1]);
  context.apply({ ...now, releaseRevision: revision });
  await context.session.stack.writeSettings();
  context.apply(now);
  await expectServing(context, stack, serving);
}

/** One call moves the traffic while the state can't be reached; later the state learns of it, and nothing moves. */
export async function directRollback(scene: Scene): Promise<void> {
  const { context, stack, watch } = scene;
  const to = other(await servingNow(context, stack));
  const env = { PULUMI_BACKEND_URL: "file:///nowhere/to/be/found" };
  const direct = ["rollback", "--direct", "--to", to, "--stack", context.session.stack.stackRef.stack];
  await runCommand(context, direct, 0, undefined, { env });
  await expectServing(context, stack, to);
  await watch.look();
  const moves = watch.moves.length;
  await runCommand(context, ["rollback", "--to", to], 0);
  await expectServing(context, stack, to);
  if (watch.moves.length > moves) throw new Error("the rollback that was to be written down moved traffic again");
  await runCommand(context, ["drift"], 0);
}
