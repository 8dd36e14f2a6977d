import {
  CreateRuleCommand,
  CreateTargetGroupCommand,
  DeleteRuleCommand,
  DeleteTargetGroupCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ModifyListenerCommand,
  RegisterTargetsCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { overrideVariable } from "../../deployment/variables.ts";
import { colors } from "../../deployment/model.ts";
import { elb } from "./aws.ts";
import { quick } from "./commands.ts";
import { runCommand } from "./commands-process.ts";
import { toRelease, type Scene } from "./commands-step.ts";
import { expectServing } from "./commands-watch.ts";

const refused = /the listener also sends/;

/** Another tool's target group, with the machines that serve, so that no request fails. */
async function otherGroup({ context, stack }: Scene, serving: string): Promise<string> {
  const client = elb(context);
  const { TargetGroups } = await client.send(new DescribeTargetGroupsCommand({ TargetGroupArns: [serving] }));
  const { VpcId, Port, HealthCheckPath } = TargetGroups?.[0] ?? {};
  const made = await client.send(
    new CreateTargetGroupCommand({ Name: "legacy", Protocol: "HTTP", Port, VpcId, HealthCheckPath }),
  );
  const TargetGroupArn = made.TargetGroups?.[0]?.TargetGroupArn ?? "";
  const health = await client.send(new DescribeTargetHealthCommand({ TargetGroupArn: serving }));
  const Targets = (health.TargetHealthDescriptions ?? []).map(({ Target }) => ({ Id: Target?.Id ?? "" }));
  await client.send(new RegisterTargetsCommand({ TargetGroupArn, Targets }));
  const arns = colors.map((color) => stack.targetGroupArns[color]);
  const weighted = arns.map((arn) => ({ TargetGroupArn: arn, Weight: arn === serving ? 100 : 0 }));
  const ForwardConfig = { TargetGroups: [...weighted, { TargetGroupArn, Weight: 75 }] };
  await client.send(
    new ModifyListenerCommand({
      ListenerArn: stack.listenerArn,
      DefaultActions: [{ Type: "forward", ForwardConfig }],
    }),
  );
  return TargetGroupArn;
}

/** Somebody else's rule, and then somebody else's target group, on the listener: nothing changes until it is told to. */
export async function foreignTraffic(scene: Scene): Promise<void> {
  const { context, stack } = scene;
  const { serving, to, image } = await toRelease(scene);
  const own = stack.targetGroupArns[serving];
  const rule = await elb(context).send(
    new CreateRuleCommand({
      ListenerArn: stack.listenerArn,
      Priority: 5,
      Conditions: [{ Field: "path-pattern", PathPatternConfig: { Values: ["/legacy/*"] } }],
      Actions: [{ Type: "forward", TargetGroupArn: own }],
    }),
  );
  await runCommand(context, ["release", image, ...quick], 3, refused);
  await elb(context).send(new DeleteRuleCommand({ RuleArn: rule.Rules?.[0]?.RuleArn ?? "" }));

  const legacy = await otherGroup(scene, own);
  const { events } = await runCommand(context, ["status"], 0);
  const status = events.find(({ type }) => type === "result")?.value as { weights: { live: object }; headline: string };
  if (JSON.stringify(status.weights.live) !== JSON.stringify({ blue: 0, green: 0, [serving]: 57 }))
    throw new Error(`status was to show 57 % of ${serving}, but: ${JSON.stringify(status.weights)}`);
  await runCommand(context, ["release", image, ...quick], 3, refused);
  await runCommand(context, ["rollback", "--to", to], 3);
  await expectServing(context, stack, serving);
  await runCommand(context, ["drift"], 6);
  const told = { env: { [overrideVariable]: "the other tool is gone" } };
  await runCommand(context, ["drift", "--repair"], 0, undefined, told);
  await elb(context).send(new DeleteTargetGroupCommand({ TargetGroupArn: legacy }));
  await runCommand(context, ["drift"], 0);
}
