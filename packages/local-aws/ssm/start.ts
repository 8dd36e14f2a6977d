import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { GetInstanceProfileCommand, IAMClient, ListAttachedRolePoliciesCommand } from "@aws-sdk/client-iam";
import type { Clock } from "../clock.ts";
import type { Ec2Directory } from "../ec2/directory.ts";
import type { Instances } from "../ec2/instances.ts";
import type { JsonService } from "../json.ts";
import type { motoClient } from "../moto.ts";
import { Agents } from "./agents.ts";
import { Commands } from "./commands.ts";
import { answerSystemsManager } from "./service.ts";

/** What Systems Manager needs of the rest of the cloud. */
export interface SystemsManagerArgs {
  clock: Clock;
  ec2: Ec2Directory;
  instances: Instances;
  /** Where and as whom moto is reached. */
  client: { region: string } & ReturnType<typeof motoClient>;
  log: (line: string) => void;
}

/** Puts Systems Manager together. */
export function startSystemsManager({ clock, ec2, instances, client, log }: SystemsManagerArgs): {
  answer: JsonService;
  end(): void;
} {
  const iam = new IAMClient(client);
  const agents = new Agents({ clock, ec2, instances, policiesOf: (arn) => attachedPolicies(iam, arn) });
  const commands = new Commands({ clock, agents, instances, logs: new CloudWatchLogsClient(client), log });
  return {
    answer: (call, passOn) => answerSystemsManager(call, passOn, { agents, commands }),
    end: () => commands.end(),
  };
}

/** Names of the policies that are attached to the role of an instance profile. */
async function attachedPolicies(iam: IAMClient, instanceProfileArn: string): Promise<string[]> {
  const InstanceProfileName = instanceProfileArn.split("/").at(-1) ?? "";
  const { InstanceProfile } = await iam.send(new GetInstanceProfileCommand({ InstanceProfileName }));
  const RoleName = InstanceProfile?.Roles?.[0]?.RoleName;
  if (RoleName === undefined) return [];
  const { AttachedPolicies = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
  return AttachedPolicies.map(({ PolicyName = "" }) => PolicyName);
}
