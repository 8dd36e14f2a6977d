import { isBlock, type Props, shape, toAws, fromAws } from "../shape.ts";

/** Actions of listeners and rules, as arguments. */
export const ACTION_ARGS = `type order targetGroupArn
  forward=ForwardConfig{targetGroups{arn=TargetGroupArn weight}
    stickiness=TargetGroupStickinessConfig{enabled duration=DurationSeconds}}
  redirect=RedirectConfig{host path port protocol query statusCode}
  fixedResponse=FixedResponseConfig{contentType messageBody statusCode}`;

const actionArgs = shape(ACTION_ARGS);
const KINDS = ["forward", "redirect", "fixed-response"];
const REDIRECT_DEFAULTS = {
  host: "#{host}",
  path: "/#{path}",
  port: "#{port}",
  protocol: "#{protocol}",
  query: "#{query}",
};

function blocks(value: unknown): Props[] {
  return Array.isArray(value) ? value.filter(isBlock) : [];
}

/** The official provider's defaults: weight 1 where none is given (an explicit 0 is 0), a redirect's placeholders. */
export function withActionDefaults(actions: unknown): unknown {
  if (!Array.isArray(actions)) return actions;
  return actions.map((action: unknown) => {
    if (!isBlock(action)) return action;
    const { forward, redirect } = action;
    const completed: Props = { ...action };
    if (isBlock(forward) && Array.isArray(forward.targetGroups)) {
      const targetGroups = forward.targetGroups.map((group: unknown) =>
        isBlock(group) ? { weight: 1, ...group } : group,
      );
      completed.forward = { ...forward, targetGroups };
    }
    if (isBlock(redirect)) completed.redirect = { ...REDIRECT_DEFAULTS, ...redirect };
    return completed;
  });
}

/** What the official provider refuses in actions before AWS is asked. */
export function actionFaults(property: string, actions: unknown): { property: string; reason: string }[] {
  return blocks(actions).flatMap((action, index) => {
    const here = `${property}[${index}]`;
    const faults: { property: string; reason: string }[] = [];
    const fault = (name: string, reason: string) => faults.push({ property: `${here}${name}`, reason });
    const { type, targetGroupArn, forward } = action;
    if (typeof type === "string" && !KINDS.includes(type) && !/^[0-9a-f-]{36}$/.test(type)) {
      fault(".type", `"${type}": the stand-in does ${KINDS.join(", ")}`);
    }
    if (targetGroupArn !== undefined && isBlock(forward)) {
      const named = blocks(forward.targetGroups).map((group) => group.arn);
      if (named.length !== 1 || named[0] !== targetGroupArn) {
        fault(
          "",
          'only one of "targetGroupArn" and "forward" may be given, unless they name the same single target group',
        );
      }
    }
    if (type === "forward" && targetGroupArn === undefined && forward === undefined) {
      fault("", 'one of "targetGroupArn" and "forward" must be given when type is "forward"');
    }
    if (isBlock(forward) && blocks(forward.targetGroups).length > 5) {
      fault(".forward.targetGroups", `${blocks(forward.targetGroups).length} target groups, at most 5 are allowed`);
    }
    if (isBlock(forward) && isBlock(forward.stickiness) && forward.stickiness.duration === undefined) {
      fault(".forward.stickiness", '"duration" must be given, also when stickiness is off');
    }
    return faults;
  });
}

/** Actions as AWS takes them. */
export function actionsToAws<T>(actions: unknown): T[] {
  return blocks(actions).map((action) => toAws<T>(actionArgs, action));
}

/** AWS's actions as arguments, in their order. */
export function actionsFromAws(actions: readonly { Order?: number }[] | undefined): Props[] {
  return [...(actions ?? [])]
    .sort((a, b) => (a.Order ?? 0) - (b.Order ?? 0))
    .map((action) => fromAws(actionArgs, action));
}
