import { DescribeInstanceInformationCommand } from "@aws-sdk/client-ssm";
import type { Clients } from "../clients.ts";
import { CliError } from "../error.ts";
import { poll, type Clock } from "./clock.ts";
import { stateOf } from "./instance.ts";
import { withPermissionHint } from "./rights.ts";

/** Seconds that a new instance may take to boot and to register with Systems Manager. */
export const registrationLimit = 300;

/** Waits until Systems Manager reaches an instance. Throws a CliError when it ends before, or takes too long. */
export async function untilManaged(
  clients: Pick<Clients, "ec2" | "ssm">,
  instanceId: string,
  time: Clock,
  signal: AbortSignal,
): Promise<void> {
  const Filters = [{ Key: "InstanceIds", Values: [instanceId] }];
  const online = await poll(time, signal, time.now() + registrationLimit * 1000, async () => {
    const state = await stateOf(clients, instanceId);
    if (state && ["shutting-down", "terminated", "stopping", "stopped"].includes(state.name)) {
      const why = state.reason ? `: ${state.reason}` : "";
      throw new CliError("failed", `${instanceId} is ${state.name} before the job began${why}. Run the job again.`);
    }
    if (state?.name !== "running") return undefined;
    const described = clients.ssm.send(new DescribeInstanceInformationCommand({ Filters }));
    const { InstanceInformationList = [] } = await withPermissionHint("ssm:DescribeInstanceInformation", described);
    return InstanceInformationList.some(({ PingStatus }) => PingStatus === "Online") || undefined;
  });
  if (online) return;
  throw new CliError(
    "failed",
    `${instanceId} has not registered with Systems Manager within ${registrationLimit} s. Its subnet must reach ` +
      "Systems Manager (a NAT gateway, or the endpoints ssm and ssmmessages), and its role needs " +
      "AmazonSSMManagedInstanceCore. Correct that, and run the job again.",
  );
}
