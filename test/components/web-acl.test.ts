import { WebAcl } from "../../components/web-acl.ts";
import { named, register } from "../program.ts";

interface Rule {
  name: string;
  priority: number;
  action?: object;
  overrideAction?: object;
  statement: { managedRuleGroupStatement?: { vendorName: string; ruleActionOverrides: object[] } };
}

test("managed groups of AWS block as they come, big bodies only count, and an address is limited last", async () => {
  const resources = await register(() => void new WebAcl("w", { baseName: "bluegreen-a.b", rateLimit: 500, tags: {} }));
  const { scope, defaultAction, rules } = named(resources, "bluegreen-a-b-waf").inputs as unknown as {
    scope: string;
    defaultAction: object;
    rules: Rule[];
  };
  expect([scope, defaultAction]).toEqual(["REGIONAL", { allow: {} }]);
  expect(rules.map(({ name, priority }) => [name, priority])).toEqual([
    ["AWSManagedRulesAmazonIpReputationList", 0],
    ["AWSManagedRulesCommonRuleSet", 1],
    ["AWSManagedRulesKnownBadInputsRuleSet", 2],
    ["rate-limit", 3],
  ]);
  expect(rules.slice(0, 3).every(({ overrideAction }) => "none" in (overrideAction ?? {}))).toBe(true);
  expect(rules.flatMap(({ statement }) => statement.managedRuleGroupStatement?.ruleActionOverrides ?? [])).toEqual([
    { name: "SizeRestrictions_BODY", actionToUse: { count: {} } },
  ]);
  expect(rules[3]).toMatchObject({
    action: { block: {} },
    statement: { rateBasedStatement: { aggregateKeyType: "IP", limit: 500, evaluationWindowSec: 300 } },
  });
});
