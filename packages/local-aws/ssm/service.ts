import type { PassOn, Reply } from "../call.ts";
import { notRehearsed } from "../errors.ts";
import { jsonReply, type JsonCall } from "../json.ts";
import type { Agents } from "./agents.ts";
import type { Commands } from "./commands.ts";
import { readArguments, schemas, type ActionName, type Arguments } from "./schemas.ts";

/** What Systems Manager's own actions work on. */
export interface SystemsManager {
  agents: Agents;
  commands: Commands;
}

type Action<Name extends ActionName> = (args: Arguments<Name>, manager: SystemsManager) => object | Promise<object>;

const actions: { [Name in ActionName]: Action<Name> } = {
  SendCommand: (args, { commands }) => commands.send(args),
  GetCommandInvocation: (args, { commands }) => commands.get(args),
  CancelCommand: (args, { commands }) => commands.cancel(args),
  DescribeInstanceInformation: (args, { agents }) => describeNodes(args, agents),
};

async function describeNodes(
  { Filters: [filter], MaxResults, NextToken = "0" }: Arguments<"DescribeInstanceInformation">,
  agents: Agents,
): Promise<object> {
  const nodes = (await agents.list()).filter(({ id }) => filter?.Values.includes(id) ?? true);
  const begin = Number(NextToken);
  const end = begin + MaxResults;
  return {
    InstanceInformationList: nodes.slice(begin, end).map((node) => ({
      InstanceId: node.id,
      PingStatus: node.status,
      IPAddress: node.privateIp,
      PlatformType: "Linux",
      ResourceType: "EC2Instance",
      RegistrationDate: node.registeredAt,
    })),
    NextToken: end < nodes.length ? String(end) : undefined,
  };
}

/** What moto would answer with a lie: it runs nothing. */
const commandActions = /Command|^(StartSession|ResumeSession|StartAutomationExecution)$/;

function isKnown(action: string): action is ActionName {
  return Object.hasOwn(schemas, action);
}

async function run<Name extends ActionName>(name: Name, input: unknown, manager: SystemsManager): Promise<object> {
  const action: Action<Name> = actions[name];
  return action(readArguments(name, input), manager);
}

/** Systems Manager: Run Command and who it reaches are this cloud's own; Parameter Store and the rest are moto's. */
export async function answerSystemsManager(call: JsonCall, passOn: PassOn, manager: SystemsManager): Promise<Reply> {
  if (isKnown(call.action)) return jsonReply(call, await run(call.action, call.input, manager));
  if (commandActions.test(call.action)) {
    throw notRehearsed(`the Systems Manager action ${call.action}`, "packages/local-aws/ssm/schemas.ts and service.ts");
  }
  return passOn();
}
