import { parseStackState } from "../../../cli/state/stack-state.ts";
import { stackOutputsOf } from "../../stack-outputs.ts";

const entry = (type: string, name: string, more: object = {}) => ({
  urn: `urn:pulumi:dev::bluegreen::${type}::${name}`,
  type,
  ...more,
});
const stack = (outputs: object = stackOutputsOf()) => entry("pulumi:pulumi:Stack", "bluegreen-dev", { outputs });
const parse = (...resources: object[]) => parseStackState(JSON.stringify({ deployment: { resources } }), "dev");
const bounds = { minSize: 2, maxSize: 4 };

test("given resources before the stack's own entry, then its outputs are that one's", () =>
  expect(parse(entry("pulumi:providers:aws", "default", { id: "p", outputs: {} }), stack()).outputs.url).toBe(
    "https://app",
  ));

test("given a load balancer whose creation was cut off, then it has no name yet", () =>
  expect(parse(stack(), entry("aws:lb/loadBalancer:LoadBalancer", "app-alb")).loadBalancerName).toBeUndefined());

test("given a group whose creation was cut off, then it has no bounds yet", () =>
  expect(
    parse(stack(), entry("aws:autoscaling/group:Group", "app-blue-group", { outputs: bounds })).groupBounds,
  ).toEqual({}));

test("given a resource of another type that has bounds, then it is no group", () => {
  const own = entry("acme:pool/workers:Workers", "workers", { id: "w-1", outputs: bounds });
  const group = entry("aws:autoscaling/group:Group", "app-blue-group", { id: "g-1", outputs: bounds });
  expect(parse(stack(), own, group).groupBounds).toEqual({ "g-1": bounds });
});

test("fails for outputs of an earlier version, and names what they lack within an output, too", () => {
  const deployed = { ...stackOutputsOf().deployed, capacity: undefined };
  expect(() => parse(stack({ ...stackOutputsOf(), deployed }))).toThrow(
    "Stack dev lacks the outputs deployed.capacity. Bring it up once with pulumi up.",
  );
});
