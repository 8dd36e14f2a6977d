import { parseStackState } from "../../../cli/state/stack-state.ts";
import { stackOutputsOf } from "../../stack-outputs.ts";

const entry = (type: string, name: string, outputs: object, more: object = {}) => ({
  urn: `urn:pulumi:dev::bluegreen::${type}::${name}`,
  type,
  outputs,
  ...more,
});
const template = (latestVersion: unknown, more: object = {}) =>
  entry("aws:ec2/launchTemplate:LaunchTemplate", "app-green-template", { latestVersion }, more);
const group = (version: unknown) => {
  const launchTemplate = { launchTemplateSpecification: { version } };
  return entry("aws:autoscaling/group:Group", "app-green-group", { mixedInstancesPolicy: { launchTemplate } });
};
const ahead = (...resources: object[]) => {
  const stack = entry("pulumi:pulumi:Stack", "bluegreen-dev", stackOutputsOf());
  return parseStackState(JSON.stringify({ deployment: { resources: [stack, ...resources] } }), "dev").templateAhead;
};

test.each<[string, object[], boolean]>([
  ["a group of the template's latest version", [template(3), group("3")], false],
  ["a group of an earlier version: the next update would replace it", [template(3), group("2")], true],
  ["a version as text, and one as number", [template("3"), group(3)], false],
  ["no group", [template(3)], false],
  ["no template", [group("3")], false],
  ["a later template that is still to be deleted", [template(9, { delete: true }), template(3), group("3")], false],
])("given %s, whether an update would make green anew", (_, resources, expected) =>
  expect(ahead(...resources)).toEqual({ blue: false, green: expected }),
);
