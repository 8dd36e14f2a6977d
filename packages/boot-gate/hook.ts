import { AutoScalingClient, CompleteLifecycleActionCommand } from "@aws-sdk/client-auto-scaling";
import { hookName } from "./gate.ts";

/** One answer to the launch lifecycle hook. */
export interface HookAnswer {
  region: string;
  group: string;
  instanceId: string;
  result: "CONTINUE" | "ABANDON";
}

/**
 * CompleteLifecycleAction, one attempt, with the instance's own role. The instance's id names the action as well as a
 * token would, which only a notification carries.
 */
export async function completeLaunch({ region, group, instanceId, result }: HookAnswer): Promise<void> {
  const client = new AutoScalingClient({
    region,
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 3_000, requestTimeout: 8_000, throwOnRequestTimeout: true },
  });
  try {
    await client.send(
      new CompleteLifecycleActionCommand({
        AutoScalingGroupName: group,
        LifecycleHookName: hookName,
        InstanceId: instanceId,
        LifecycleActionResult: result,
      }),
    );
  } finally {
    client.destroy();
  }
}

/** Whether an error says that no hook waits for this instance: not yet, not any more, or never. */
export function isNotWaiting(error: Error): boolean {
  return error.name === "ValidationError" && error.message.includes("No active Lifecycle Action found");
}
