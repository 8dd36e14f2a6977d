import { reply, type Call, type Reply } from "../call.ts";
import { notRehearsed } from "../errors.ts";
import { answerXml } from "@bluegreen/query-protocol";
import type { Action, Outcome } from "./action.ts";
import { describeActions } from "./describe-actions.ts";
import { groupActions } from "./group-actions.ts";
import type { Scaling } from "./scaling.ts";
import { readArguments, schemas, type ActionName } from "./schemas.ts";
import { settingActions } from "./setting-actions.ts";

const actions: { [Name in ActionName]: Action<Name> } = { ...groupActions, ...settingActions, ...describeActions };

function isKnown(action: string): action is ActionName {
  return Object.hasOwn(schemas, action);
}

async function run<Name extends ActionName>(name: Name, call: Call, scaling: Scaling): Promise<Outcome> {
  const action: Action<Name> = actions[name];
  return action(readArguments(name, call.params), scaling);
}

/** Auto Scaling: this cloud's own altogether, since moto's groups launch, place, check and describe wrongly. */
export async function answerAutoScaling(call: Call, scaling: Scaling): Promise<Reply> {
  if (!isKnown(call.action)) {
    throw notRehearsed(
      `the Auto Scaling action ${call.action}`,
      "packages/local-aws/autoscaling/schemas.ts and service.ts",
    );
  }
  const outcome = await run(call.action, call, scaling);
  return reply(answerXml(call.service, call.action, outcome ?? {}));
}
