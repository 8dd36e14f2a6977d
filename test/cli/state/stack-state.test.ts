import fc from "fast-check";
import { planUpdate } from "../../../deployment/plan.ts";
import { colors, other, type DesiredState } from "../../../deployment/model.ts";
import { parseStackState, settingsOf, type Outputs } from "../../../cli/state/stack-state.ts";
import type { ReleaseSettings } from "../../../cli/state/model.ts";
import { foundation, machine } from "../../components/two-fleets.ts";
import { stackOutputsOf } from "../../stack-outputs.ts";
import { v1, v2 } from "../worlds.ts";

const written = stackOutputsOf();
const { targetGroupArns: arns } = written;
/** Of what the program writes, what the commands read. */
const outputs = Object.fromEntries(
  Object.entries(written).filter(
    ([name]) => !["previewUsage", "activeColor", "weights", "images", "rollbackReady"].includes(name),
  ),
);

const urn = (type: string, name: string) => `urn:pulumi:dev::bluegreen::${type}::${name}`;
const entry = (type: string, name: string, more: object = {}) => ({ urn: urn(type, name), type, ...more });
const listener = (blue: number, green: number, more: object = {}) => {
  const targetGroups = [
    { arn: arns.green, weight: green },
    { arn: arns.blue, weight: blue },
  ];
  const defaultActions = [{ type: "forward", order: 1, forward: { targetGroups, stickiness: { enabled: false } } }];
  return entry("aws:lb/listener:Listener", "app-listener", {
    id: "arn:listener",
    outputs: { defaultActions },
    ...more,
  });
};

/** What `pulumi stack export` prints of a stack with these resources beside its own entry. */
const exported = (resources: object[], pending_operations?: object[], stack: object = written): string =>
  JSON.stringify({
    version: 3,
    deployment: {
      manifest: {},
      resources: [entry("pulumi:pulumi:Stack", "bluegreen-dev", { outputs: stack }), ...resources],
      pending_operations,
    },
  });

test("a state tells the listener's own weights, groups, policies and pending operations", () => {
  const resources = [
    // A replaced listener that is still to be deleted stands before or behind the one that serves.
    listener(1, 99, { delete: true }),
    listener(90, 10),
    listener(2, 98, { delete: true }),
    entry("aws:lb/listener:Listener", "app-preview-listener", { id: "arn:preview", outputs: {} }),
    entry("aws:lb/loadBalancer:LoadBalancer", "app-alb", { outputs: { dnsName: "old.elb" }, delete: true }),
    entry("aws:lb/loadBalancer:LoadBalancer", "app-alb", { outputs: { dnsName: "app.elb" } }),
    entry("aws:autoscaling/group:Group", "app-blue-group", {
      id: "app-blue-group-1",
      outputs: { minSize: 2, maxSize: 4 },
    }),
    entry("aws:autoscaling/group:Group", "app-green-group", { id: "app-green-group-0", delete: true }),
    entry("aws:autoscaling/group:Group", "app-green-group", {}),
    entry("aws:autoscaling/policy:Policy", "app-blue-cpu", { id: "app-blue-cpu-1" }),
    entry("aws:ec2/launchTemplate:LaunchTemplate", "app-blue-template", { outputs: { imageId: "ami-left-behind" } }),
    entry("aws:ec2/launchTemplate:LaunchTemplate", "app-green-template", {
      delete: true,
      outputs: { imageId: "ami-1" },
    }),
  ];
  const pending = [{ resource: { urn: urn("aws:autoscaling/group:Group", "app-green-group") }, type: "creating" }];
  const { resources: all, ...state } = parseStackState(exported(resources, pending), "dev");
  expect(all.map(({ urn: one }) => one)).toEqual(expect.arrayContaining(resources.map(({ urn: one }) => one)));
  expect(state).toEqual({
    outputs,
    loadBalancerName: "app.elb",
    weights: { blue: 90, green: 10 },
    templateAhead: { blue: false, green: false },
    templateImages: { blue: "ami-left-behind", green: undefined },
    groupBounds: { "app-blue-group-1": { minSize: 2, maxSize: 4 } },
    groupNames: ["app-blue-group-1", "app-green-group-0"],
    policyNames: ["app-blue-cpu-1"],
    pending: [urn("aws:autoscaling/group:Group", "app-green-group")],
  });
});

test("given a state without a listener, then no colour has traffic", () =>
  expect(parseStackState(exported([]), "dev")).toMatchObject({ weights: { blue: 0, green: 0 }, pending: [] }));

test.each([
  [
    "of an earlier version",
    exported([], [], { ...outputs, releases: undefined }),
    /lacks the outputs releases. Bring it up once/,
  ],
  [
    "that was never brought up",
    JSON.stringify({ version: 3, deployment: { manifest: {} } }),
    /Stack dev lacks the outputs url, /,
  ],
])("fails for a state %s, and says what to do", (_, text, message) => {
  const refused = expect.stringMatching(message) as string;
  expect(() => parseStackState(text, "dev")).toThrow(
    expect.objectContaining({ code: "refused", message: refused }) as Error,
  );
});

const planned = (settings: ReleaseSettings, minSize: number) => {
  const machines = { blue: machine(settings.blueAmi ?? ""), green: machine(settings.greenAmi ?? "") };
  const wanted: DesiredState = { ...settings, minSize, maxSize: 8, machines, foundation };
  return planUpdate(wanted, undefined).plan;
};
const bounds = fc.record({
  minSize: fc.integer({ min: 1, max: 4 }),
  floor: fc.integer({ min: 0, max: 8 }),
  size: fc.integer({ min: 0, max: 8 }),
});
const settings = fc
  .record({
    activeColor: fc.constantFrom(...colors),
    blueAmi: fc.constantFrom(v1.imageId, v2.imageId),
    greenAmi: fc.constantFrom(v1.imageId, v2.imageId),
    standby: fc.constantFrom("off", "warm"),
    // All of the requests of a standby are said in another way: it is the active one.
    standbyWeight: fc.integer({ min: 0, max: 99 }),
    bounds,
  })
  .map(({ bounds: { minSize, floor, size }, ...rest }) => {
    const least = Math.max(minSize, floor);
    // What changes nothing is said by 0.
    const previewSize = rest.standby === "warm" && size < least ? size : 0;
    return { minSize, given: { ...rest, capacityFloor: floor > minSize ? floor : 0, previewSize } };
  });

test("the settings of what an update has made are those that it was made by", () => {
  fc.assert(
    fc.property(settings, ({ minSize, given }) => {
      const { weights, capacity, machines } = planned(given, minSize);
      const deployed = { activeColor: given.activeColor, weights, capacity, machines };
      expect(settingsOf({ deployed } as unknown as Outputs, weights, minSize)).toEqual(given);
    }),
  );
});

test("behind a flip that was cut off, the settings are those of the listener as it is now", () => {
  fc.assert(
    fc.property(settings, ({ minSize, given }) => {
      fc.pre(given.standby === "warm" && given.previewSize === 0);
      const { capacity, machines } = planned(given, minSize);
      const deployed = { activeColor: given.activeColor, weights: { blue: 0, green: 0 }, capacity, machines };
      const flipped = other(given.activeColor);
      const live = { [flipped]: 100, [given.activeColor]: 0 } as Outputs["deployed"]["weights"];
      const expected = { ...given, activeColor: flipped, standbyWeight: 0 };
      expect(settingsOf({ deployed } as unknown as Outputs, live, minSize)).toEqual(expected);
    }),
  );
});
