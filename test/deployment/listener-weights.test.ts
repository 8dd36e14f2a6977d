import { forwardsTo, weightsIn, type ListenerAction } from "../../deployment/listener-weights.ts";

const arns = { blue: "arn:blue", green: "arn:green" };
const aws = (groups: [string, number?][]): ListenerAction => ({
  ForwardConfig: { TargetGroups: groups.map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight })) },
});
const provider = (groups: [string, number?][]): ListenerAction => ({
  forward: { targetGroups: groups.map(([arn, weight]) => ({ arn, weight })) },
});

describe.each([
  ["Elastic Load Balancing", aws],
  ["the provider", provider],
])("as %s spells it", (_, forward) => {
  test.each<[string, ListenerAction[], { blue: number; green: number }]>([
    [
      "both colours, in any order",
      [
        forward([
          ["arn:green", 1],
          ["arn:blue", 99],
        ]),
      ],
      { blue: 99, green: 1 },
    ],
    ["one colour", [forward([["arn:blue", 100]])], { blue: 100, green: 0 }],
    ["somebody else's group", [forward([["arn:x", 100]])], { blue: 0, green: 0 }],
    ["a group without a weight, which AWS takes for 1", [forward([["arn:blue"]])], { blue: 100, green: 0 }],
    [
      "shares beside somebody else's group",
      [
        forward([
          ["arn:blue", 100],
          ["arn:green", 0],
          ["arn:x", 75],
        ]),
      ],
      { blue: 57, green: 0 },
    ],
    [
      "a share that is next to nothing, and the rest",
      [
        forward([
          ["arn:blue", 999],
          ["arn:green", 1],
        ]),
      ],
      { blue: 99, green: 1 },
    ],
    ["behind another action", [{}, forward([["arn:green", 100]])], { blue: 0, green: 100 }],
    ["no action", [], { blue: 0, green: 0 }],
    ["an action that forwards to nobody", [{ forward: null }, {}], { blue: 0, green: 0 }],
  ])("%s", (__, actions, weights) => expect(weightsIn(actions, arns)).toEqual(weights));

  test("a group that gets no request is named all the same", () => {
    expect(forwardsTo([forward([["arn:blue", 0]])], "arn:blue")).toBe(true);
    expect(forwardsTo([forward([["arn:blue", 0]])], "arn:green")).toBe(false);
  });
});
