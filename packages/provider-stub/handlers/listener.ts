import * as elb from "@aws-sdk/client-elastic-load-balancing-v2";
import { ifThere } from "../errors.ts";
import type { Cloud, Row } from "../row.ts";
import { fromAws, isBlock, type Props, shape, toAws } from "../shape.ts";
import { retrying } from "../wait.ts";
import { ACTION_ARGS, actionFaults, actionsFromAws, actionsToAws, withActionDefaults } from "./lb-actions.ts";
import { attributeSetting, attributesRead, attributeTable } from "./lb-attributes.ts";
import { lbTagging, lbTags, lbTagsOf } from "./lb-tags.ts";

const CERTIFICATE_MINUTES = 5;

/** Settings that AWS keeps as attributes of a listener; an empty text takes a header away. */
const ATTRIBUTES = attributeTable(`
  routingHttpResponseStrictTransportSecurityHeaderValue routing.http.response.strict_transport_security.header_value text`);
const attributes = attributeSetting(ATTRIBUTES, (ListenerArn, Attributes, cloud) =>
  cloud.elb.send(new elb.ModifyListenerAttributesCommand({ ListenerArn, Attributes })),
);

const listenerArgs = shape(`loadBalancerArn port protocol sslPolicy certificateArn:own tags:own ${attributes.shape}
  defaultActions:own{${ACTION_ARGS}}`);

function listenerRequest(inputs: Props): elb.CreateListenerCommandInput {
  const CertificateArn = inputs.certificateArn as string | undefined;
  return {
    ...toAws<elb.CreateListenerCommandInput>(listenerArgs, inputs),
    DefaultActions: actionsToAws<elb.Action>(inputs.defaultActions),
    ...(CertificateArn ? { Certificates: [{ CertificateArn }] } : {}),
  };
}

const listener: Row = {
  type: "aws:lb/listener:Listener",
  args: listenerArgs,
  replace: "loadBalancerArn",
  tagging: lbTagging,
  defaults: (inputs) => ({ protocol: "HTTP", ...inputs, defaultActions: withActionDefaults(inputs.defaultActions) }),
  check: (inputs) => actionFaults("defaultActions", inputs.defaultActions),
  async create(inputs, cloud) {
    const request = { ...listenerRequest(inputs), ...lbTags(inputs) };
    const go = () => cloud.elb.send(new elb.CreateListenerCommand(request));
    const made = await retrying(/^CertificateNotFound/, CERTIFICATE_MINUTES, cloud, go);
    return made.Listeners?.[0]?.ListenerArn ?? "";
  },
  settle: (arn, inputs, cloud) => attributes.settle(arn, inputs, cloud),
  async read(arn, cloud) {
    const request = new elb.DescribeListenersCommand({ ListenerArns: [arn] });
    const found = (await ifThere(cloud.elb.send(request)))?.Listeners?.[0];
    if (!found) return undefined;
    const { Attributes } = await cloud.elb.send(new elb.DescribeListenerAttributesCommand({ ListenerArn: arn }));
    return {
      ...fromAws(listenerArgs, found),
      ...attributesRead(ATTRIBUTES, Attributes),
      certificateArn: found.Certificates?.[0]?.CertificateArn,
      defaultActions: actionsFromAws(found.DefaultActions),
      tags: await lbTagsOf(arn, cloud),
      arn,
    };
  },
  async update(update, cloud) {
    const { id, news, changed } = update;
    await attributes.update(update, cloud);
    if (!changed("port", "protocol", "sslPolicy", "certificateArn", "defaultActions")) return;
    const request = listenerRequest({ ...news, loadBalancerArn: undefined });
    const go = () => cloud.elb.send(new elb.ModifyListenerCommand({ ListenerArn: id, ...request }));
    await retrying(/^CertificateNotFound/, CERTIFICATE_MINUTES, cloud, go);
  },
  async remove(arn, _state, cloud) {
    await ifThere(cloud.elb.send(new elb.DeleteListenerCommand({ ListenerArn: arn })));
  },
};

const conditionArgs = shape(`hostHeader=HostHeaderConfig{values} httpHeader=HttpHeaderConfig{httpHeaderName values}
  httpRequestMethod=HttpRequestMethodConfig{values} pathPattern=PathPatternConfig{values}
  queryStrings:own{key value} sourceIp=SourceIpConfig{values}`);

const FIELDS: Readonly<Record<string, string>> = {
  hostHeader: "host-header",
  httpHeader: "http-header",
  httpRequestMethod: "http-request-method",
  pathPattern: "path-pattern",
  queryStrings: "query-string",
  sourceIp: "source-ip",
};

function conditionsToAws(conditions: unknown): elb.RuleCondition[] {
  const blocks = Array.isArray(conditions) ? conditions.filter(isBlock) : [];
  return blocks.map((condition) => {
    const Values = (condition.queryStrings as Props[] | undefined)?.map(({ key, value }) => ({
      Key: key as string | undefined,
      Value: String(value),
    }));
    const Field = FIELDS[Object.keys(condition)[0]];
    return { Field, ...toAws(conditionArgs, condition), ...(Values ? { QueryStringConfig: { Values } } : {}) };
  });
}

function conditionFromAws(condition: elb.RuleCondition): Props {
  const queries = condition.QueryStringConfig?.Values?.map(({ Key, Value }) => ({ key: Key, value: Value }));
  return { ...fromAws(conditionArgs, condition), ...(queries ? { queryStrings: queries } : {}) };
}

const ruleArgs = shape(`listenerArn priority:own tags:own actions:own{${ACTION_ARGS}}
  conditions:own{hostHeader{values} httpHeader{httpHeaderName values} httpRequestMethod{values} pathPattern{values}
    queryStrings{key value} sourceIp{values}}`);

function ruleRequest(inputs: Props) {
  return { Actions: actionsToAws<elb.Action>(inputs.actions), Conditions: conditionsToAws(inputs.conditions) };
}

function ruleFaults(inputs: Props): { property: string; reason: string }[] {
  const conditions = Array.isArray(inputs.conditions) ? inputs.conditions : [];
  const mixed = conditions.findIndex((condition) => isBlock(condition) && Object.keys(condition).length !== 1);
  return [
    ...actionFaults("actions", inputs.actions),
    ...(mixed >= 0
      ? [{ property: `conditions[${mixed}]`, reason: "give exactly one kind of condition in each block" }]
      : []),
    ...(inputs.priority === undefined
      ? [{ property: "priority", reason: "give a priority (1 to 50000): the stand-in chooses none" }]
      : []),
  ];
}

async function ruleOf(arn: string, cloud: Cloud): Promise<elb.Rule | undefined> {
  return (await ifThere(cloud.elb.send(new elb.DescribeRulesCommand({ RuleArns: [arn] }))))?.Rules?.[0];
}

const listenerRule: Row = {
  type: "aws:lb/listenerRule:ListenerRule",
  args: ruleArgs,
  replace: "listenerArn",
  tagging: lbTagging,
  defaults: (inputs) => ({ ...inputs, actions: withActionDefaults(inputs.actions) }),
  check: ruleFaults,
  async create(inputs, cloud) {
    const ListenerArn = String(inputs.listenerArn);
    const request = { ListenerArn, Priority: Number(inputs.priority), ...ruleRequest(inputs), ...lbTags(inputs) };
    return (await cloud.elb.send(new elb.CreateRuleCommand(request))).Rules?.[0]?.RuleArn ?? "";
  },
  async read(arn, cloud, state) {
    const found = await ruleOf(arn, cloud);
    return (
      found && {
        listenerArn: state.listenerArn ?? arn.replace(":listener-rule/", ":listener/").replace(/\/[^/]+$/, ""),
        priority: Number(found.Priority),
        actions: actionsFromAws(found.Actions),
        conditions: found.Conditions?.map(conditionFromAws),
        tags: await lbTagsOf(arn, cloud),
        arn,
      }
    );
  },
  async update({ id, news, changed }, cloud) {
    if (changed("priority")) {
      const RulePriorities = [{ RuleArn: id, Priority: Number(news.priority) }];
      await cloud.elb.send(new elb.SetRulePrioritiesCommand({ RulePriorities }));
    }
    if (changed("actions", "conditions"))
      await cloud.elb.send(new elb.ModifyRuleCommand({ RuleArn: id, ...ruleRequest(news) }));
  },
  async remove(arn, _state, cloud) {
    await ifThere(cloud.elb.send(new elb.DeleteRuleCommand({ RuleArn: arn })));
  },
};

/** Listeners and their rules. */
export const listenerRows: Row[] = [listener, listenerRule];
