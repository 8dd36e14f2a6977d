import { listenerName } from "../../deployment/names.ts";
import { DescribeListenersCommand, ModifyListenerCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { elb } from "./aws.ts";
import { touchedResources } from "../../automation/protocol.ts";
import { expectTouched, pause, type Step } from "./context.ts";
import { fixtures } from "./release.ts";

const drift: Step = {
  name: "drift",
  title: "drift: somebody moves traffic by hand; refresh shows it, the gate refuses, an update repairs it",
  from: fixtures.green,
  async run(context) {
    const client = elb(context);
    const { listenerArn: ListenerArn, targetGroupArns: arns } = await context.session.stack.outputs();
    const TargetGroups = [
      { TargetGroupArn: arns.blue, Weight: 50 },
      { TargetGroupArn: arns.green, Weight: 50 },
    ];
    await client.send(
      new ModifyListenerCommand({
        ListenerArn,
        DefaultActions: [{ Type: "forward", ForwardConfig: { TargetGroups } }],
      }),
    );
    await pause(context.watchSeconds);
    const seen = await context.session.stack.refresh({ previewOnly: true });
    const listener = seen.changes.find(({ name }) => name === listenerName);
    const weight = listener?.diff.find((path) => path.endsWith("weight"));
    if (!weight)
      throw new Error(
        `refresh did not show the listener's weights, but: ${touchedResources(seen).join(", ") || "nothing"}`,
      );
    // An update for the state's weights has nothing to do; one for others finds live weights that it doesn't know.
    await context.refused({ ...fixtures.green(context), activeColor: "blue" }, /somebody moved traffic by hand/, [
      listenerName,
    ]);
    const refreshed = await context.session.stack.refresh();
    if (!refreshed.ok) throw new Error(`refresh failed: ${refreshed.error}`);
    const repaired = await context.updated(fixtures.green(context));
    expectTouched(repaired, [listenerName]);
    const { Listeners = [] } = await client.send(new DescribeListenersCommand({ ListenerArns: [ListenerArn] }));
    const weights = Listeners[0]?.DefaultActions?.[0]?.ForwardConfig?.TargetGroups?.map(({ Weight }) => Weight).sort();
    if (weights?.join() !== "0,100") throw new Error(`after the repair the weights are ${weights?.join(", ")}`);
    return {
      touched: touchedResources(repaired),
      updateSeconds: repaired.seconds,
      note: `refresh showed ${weight} of app-listener`,
    };
  },
};

export const driftSteps: Step[] = [drift];
