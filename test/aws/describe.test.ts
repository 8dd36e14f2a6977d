import type { AutoScalingGroup } from "@aws-sdk/client-auto-scaling";
import {
  autoScalingGroup,
  listenerTraffic,
  liveWeights,
  observe,
  suspendedIn,
  targetHealth,
} from "../../aws/describe.ts";
import type { AwsClients } from "../../aws/clients.ts";
import { arns, fakeClients, forwarding, groupOf, inService, target, type World } from "./fake-aws.ts";

const asked = (world: World) => fakeClients(() => world);

const forwardTo = (weights: [string, number?][]) => ({
  Type: "forward" as const,
  ForwardConfig: { TargetGroups: weights.map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight })) },
});
const forward = (weights: [string, number?][]) => ({ DefaultActions: [forwardTo(weights)] });
const legacy = "arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/legacy/1";

describe("live weights", () => {
  test.each<[string, NonNullable<World["listeners"]>[string], { blue: number; green: number }]>([
    ["as they are", forwarding({ blue: 90, green: 10 }), { blue: 90, green: 10 }],
    [
      "in any order",
      forward([
        [arns.green, 1],
        [arns.blue, 99],
      ]),
      { blue: 99, green: 1 },
    ],
    ["0 for a colour that isn't named", forward([[arns.blue, 100]]), { blue: 100, green: 0 }],
    ["0 for groups of somebody else", forward([["arn:x", 100]]), { blue: 0, green: 0 }],
    [
      "the share that users see beside somebody else's group",
      forward([
        [arns.blue, 100],
        [arns.green, 0],
        [legacy, 75],
      ]),
      { blue: 57, green: 0 },
    ],
    [
      "never nothing for a little, nor everything for most",
      forward([
        [arns.blue, 998],
        [arns.green, 1],
        [legacy, 0],
      ]),
      { blue: 99, green: 1 },
    ],
    ["all for a group alone, which has no weight", forward([[arns.green]]), { blue: 0, green: 100 }],
    [
      "no more than 100 % together",
      forward([
        [arns.blue, 1],
        [arns.green, 7],
      ]),
      { blue: 13, green: 87 },
    ],
    ["0 for both of another action", { DefaultActions: [{ Type: "fixed-response" }] }, { blue: 0, green: 0 }],
  ])("%s", async (_, listener, expected) =>
    expect(await liveWeights(asked({ listeners: { "arn:l": listener } }), "arn:l", arns)).toEqual(expected),
  );

  test("undefined when there is no such listener", async () =>
    expect(await liveWeights(asked({}), "arn:l", arns)).toBeUndefined());

  test("fails with any other error as AWS has it", async () => {
    const broken = fakeClients(() => {
      throw new Error("AccessDenied");
    });
    await expect(liveWeights(broken, "arn:l", arns)).rejects.toThrow("AccessDenied");
  });
});

describe("foreign traffic", () => {
  const rule = (Priority: string, more: object) => ({ Priority, IsDefault: false, ...more });
  const path = { Field: "path-pattern", Values: [], PathPatternConfig: { Values: ["/api/*", "/v2/*"] } };
  const host = { Field: "host-header", Values: ["old.example.com"], HttpHeaderConfig: undefined };
  const query = { Field: "query-string", QueryStringConfig: { Values: [{ Key: "a", Value: "b" }] } };
  test.each<[string, World, string[]]>([
    ["nothing beside the two colours", { listeners: { "arn:l": forwarding({ blue: 90, green: 10 }) } }, []],
    [
      "another target group with its share",
      {
        listeners: {
          "arn:l": forward([
            [arns.blue, 100],
            [legacy, 75],
            ["arn:aws:x:targetgroup/unused/2", 0],
          ]),
        },
      },
      ["43 % to target group legacy"],
    ],
    [
      "a share so small that it rounds to nothing, and one of a group without a weight, which is 1",
      {
        listeners: {
          "arn:l": forward([[arns.blue, 997], [legacy, 1], ["arn:x"]]),
        },
      },
      ["1 % to target group legacy", "1 % to target group arn:x"],
    ],
    [
      "a rule of which AWS tells nothing more",
      {
        listeners: { "arn:l": forwarding({ blue: 100, green: 0 }) },
        rules: [rule("9", {}), rule("10", { Conditions: [{}] })],
      },
      [" to a rule (rule 9)", "condition to a rule (rule 10)"],
    ],
    [
      "every rule, with what it matches and where it leads",
      {
        listeners: { "arn:l": forwarding({ blue: 100, green: 0 }) },
        rules: [
          rule("5", { Conditions: [path, host], Actions: [{ Type: "forward", TargetGroupArn: legacy }] }),
          rule("6", { Conditions: [query], Actions: [forwardTo([[arns.blue], [legacy]])] }),
          rule("7", { Conditions: [host], Actions: [{ Type: "fixed-response" }] }),
        ],
      },
      [
        "path-pattern /api/* /v2/* and host-header old.example.com to target group legacy (rule 5)",
        'query-string {"Key":"a","Value":"b"} to blue and target group legacy (rule 6)',
        "host-header old.example.com to a fixed-response (rule 7)",
      ],
    ],
  ])("%s", async (_, world, expected) =>
    expect((await listenerTraffic(asked(world), "arn:l", arns))?.foreign).toEqual(expected),
  );

  test("comes with the weights of the same look", async () => {
    const world = { listeners: { "arn:l": forwarding({ blue: 90, green: 10 }) } };
    const asking = asked(world);
    const send = jest.spyOn(asking.elb, "send");
    expect(await listenerTraffic(asking, "arn:l", arns)).toEqual({ weights: { blue: 90, green: 10 }, foreign: [] });
    expect(send).toHaveBeenCalledTimes(2);
  });

  test("undefined when there is no such listener", async () =>
    expect(await listenerTraffic(asked({}), "arn:l", arns)).toBeUndefined());

  test("none of a listener without actions", async () =>
    expect(await listenerTraffic(asked({ listeners: { "arn:l": {} } }), "arn:l", arns)).toEqual({
      weights: { blue: 0, green: 0 },
      foreign: [],
    }));

  test("fails with any other error as AWS has it", async () => {
    const broken = fakeClients(() => {
      throw new Error("AccessDenied");
    });
    await expect(listenerTraffic(broken, "arn:l", arns)).rejects.toThrow("AccessDenied");
  });
});

test("targets and groups are asked for by their own names", async () => {
  const world = { targets: { "arn:blue": ["i-1 healthy"] }, groups: { blue: groupOf(["i-1"]) } };
  expect(await targetHealth(asked(world), "arn:blue")).toEqual([target("i-1 healthy")]);
  expect(await autoScalingGroup(asked(world), "blue")).toEqual(groupOf(["i-1"]));
  expect(await autoScalingGroup(asked(world), "green")).toBeUndefined();
});

test("an answer that leaves its list out is an empty one", async () => {
  const client = { send: () => Promise.resolve({}) };
  const silent = { elb: client, autoScaling: client } as unknown as AwsClients;
  expect(await targetHealth(silent, "arn:blue")).toEqual([]);
  expect(await autoScalingGroup(silent, "blue")).toBeUndefined();
  expect(await liveWeights(silent, "arn:l", arns)).toEqual({ blue: 0, green: 0 });
  expect(await listenerTraffic(silent, "arn:l", arns)).toEqual({ weights: { blue: 0, green: 0 }, foreign: [] });
});

test("suspended processes are told with their reasons, all of them or those that are asked about", () => {
  const SuspendedProcesses = [
    { ProcessName: "Launch", SuspensionReason: "User suspended" },
    { ProcessName: "Terminate" },
    { SuspensionReason: "x" },
  ];
  const group = { ...groupOf([]), SuspendedProcesses };
  expect(suspendedIn(group, ["Terminate", "AZRebalance"])).toEqual(["Terminate (no reason given)"]);
  expect(suspendedIn(group, [])).toEqual([]);
  expect(suspendedIn(group).slice(0, 2)).toEqual(["Launch (User suspended)", "Terminate (no reason given)"]);
  expect(suspendedIn(groupOf([]))).toEqual([]);
  expect(suspendedIn(undefined)).toEqual([]);
});

describe("targets that count", () => {
  test("include one of which AWS tells nothing: it is registered, and nobody's", () => {
    expect(observe([{}])).toEqual({ registered: 1, healthy: 0, staleTargets: [] });
    expect(observe([{}], groupOf(["i-1"]))).toEqual({ registered: 1, healthy: 0, staleTargets: [""] });
  });

  const leaving = { ...groupOf([]), DesiredCapacity: 2, Instances: [inService("i-1"), inService("i-2", "Standby")] };
  test.each<[string, string[], AutoScalingGroup | object | undefined, ReturnType<typeof observe>]>([
    ["none", [], groupOf(["i-1"]), { registered: 0, healthy: 0, staleTargets: [] }],
    [
      "healthy, unhealthy and new ones",
      ["i-1 healthy", "i-2 unhealthy", "i-3 initial"],
      undefined,
      { registered: 3, healthy: 1, staleTargets: [] },
    ],
    [
      "not those that leave or aren't in use",
      ["i-1 healthy", "i-2 draining", "i-3 unused"],
      groupOf(["i-1"]),
      { registered: 1, healthy: 1, staleTargets: [] },
    ],
    [
      "those of an earlier fleet are named",
      ["i-1 healthy", "i-8 healthy", "i-9 unhealthy"],
      groupOf(["i-1"]),
      { registered: 3, healthy: 1, staleTargets: ["i-8", "i-9"] },
    ],
    [
      "one that drains from an earlier fleet isn't",
      ["i-9 draining"],
      groupOf(["i-1"]),
      { registered: 0, healthy: 0, staleTargets: [] },
    ],
    [
      "all are foreign to an empty group",
      ["i-1 healthy"],
      groupOf([]),
      { registered: 1, healthy: 0, staleTargets: ["i-1"] },
    ],
    [
      "all are foreign to a group that is gone",
      ["i-1 healthy"],
      {},
      { registered: 1, healthy: 0, staleTargets: ["i-1"] },
    ],
    [
      "only members in service count",
      ["i-1 healthy", "i-2 healthy"],
      leaving,
      { registered: 2, healthy: 1, staleTargets: [] },
    ],
    [
      "at most as many as the group wants: the rest is about to leave",
      ["i-1 healthy", "i-2 healthy", "i-3 healthy"],
      groupOf(["i-1", "i-2", "i-3"], 2),
      { registered: 3, healthy: 2, staleTargets: [] },
    ],
  ])("%s", (_, targets, group, expected) => expect(observe(targets.map(target), group)).toEqual(expected));
});
