import { faultsBetween, seenIn, type Seen, type Stack } from "../../../rehearsal/scenarios/commands-watch.ts";

const seen = (blue: [number, number], green: [number, number]): Seen => ({
  weights: { blue: blue[0], green: green[0] },
  inService: { blue: blue[1], green: green[1] },
});

test.each<[string, Seen, Seen, string[]]>([
  ["nothing happens", seen([100, 2], [0, 0]), seen([100, 2], [0, 0]), []],
  ["a fleet with traffic grows", seen([100, 2], [0, 0]), seen([100, 3], [0, 0]), []],
  ["a flip", seen([100, 2], [0, 2]), seen([0, 2], [100, 2]), []],
  ["the standby goes", seen([100, 2], [0, 2]), seen([100, 2], [0, 0]), []],
  ["a fleet loses its traffic and shrinks", seen([10, 2], [90, 2]), seen([0, 1], [100, 2]), []],
  [
    "a fleet with traffic shrinks",
    seen([100, 3], [0, 0]),
    seen([100, 2], [0, 0]),
    ["blue shrank from 3 to 2 instances with traffic"],
  ],
  [
    "a canary shrinks",
    seen([90, 2], [10, 2]),
    seen([90, 2], [10, 1]),
    ["green shrank from 2 to 1 instances with traffic"],
  ],
  ["nobody serves", seen([100, 2], [0, 2]), seen([0, 2], [0, 2]), ["both weights are 0"]],
])("%s", (_what, before, now, expected) => {
  expect(faultsBetween(before, now)).toEqual(expected);
});

test("reads the main listener's weights and each colour's instances, those of an earlier group included", () => {
  const stack: Stack = {
    listenerArn: "main",
    targetGroupArns: { blue: "tg-blue", green: "tg-green" },
    releases: { tableName: "t" },
  };
  const listener = (arn: string, weights: Record<string, number>) => ({ arn, port: 80, url: "", weights });
  const group = (target: string, ...inService: string[]) => ({ name: target, targetGroups: [target], inService });
  const state = {
    loadBalancers: [
      {
        name: "lb",
        arn: "lb",
        dnsName: "lb",
        listeners: [listener("preview", {}), listener("main", { "tg-blue": 90, "tg-green": 10 })],
      },
    ],
    groups: [group("tg-blue", "i-1", "i-2"), group("tg-green", "i-3"), group("tg-green", "i-4")],
    instances: [],
    alarms: {},
    held: [],
  };
  expect(seenIn(state, stack)).toEqual(seen([90, 2], [10, 2]));
});
