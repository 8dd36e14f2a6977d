import type { AutoScalingGroup } from "@aws-sdk/client-auto-scaling";
import type { Clients } from "../../../cli/clients.ts";
import { alarmsNow, fleetsNow, imageFacts, policiesOf, unknownTo, unlessGone } from "../../../cli/state/describe.ts";
import type { Outputs } from "../../../cli/state/stack-state.ts";
import { stackOutputsOf } from "../../stack-outputs.ts";

type Answers = Record<string, (input: never) => object>;

/** Clients that answer so; a call that nobody expected throws. */
function asked(answers: Answers): Clients {
  const send = ({ constructor: { name }, input }: { constructor: { name: string }; input: never }) => {
    if (!answers[name]) throw new Error(`nobody expected ${name}`);
    return Promise.resolve().then(() => answers[name](input));
  };
  const client = { send };
  return { autoScaling: client, elb: client, ec2: client, cloudWatch: client } as unknown as Clients;
}

const outputs: Outputs = stackOutputsOf({
  alarms: {
    blue: { composite: "c-blue", parts: ["blue-errors", "blue-p95"] },
    green: { composite: "c-green", parts: ["green-errors"] },
    loadBalancer: ["rejected"],
  },
});

describe("fleets", () => {
  const group = (change: object): AutoScalingGroup =>
    ({
      AutoScalingGroupName: "app-blue-group-1",
      MinSize: 2,
      MaxSize: 4,
      DesiredCapacity: 3,
      ...change,
    }) as AutoScalingGroup;
  const health = (Id: string, State: string, more: object = {}) => ({
    Target: { Id },
    TargetHealth: { State, ...more },
  });
  const read = (groups: AutoScalingGroup[], blue: object[], images: object[] = []) =>
    fleetsNow(
      asked({
        DescribeAutoScalingGroupsCommand: () => ({ AutoScalingGroups: groups }),
        DescribeTargetHealthCommand: ({ TargetGroupArn }: { TargetGroupArn: string }) => ({
          TargetHealthDescriptions: TargetGroupArn === "arn:tg/blue" ? blue : [],
        }),
        DescribeImagesCommand: () => ({ Images: images }),
      }),
      outputs,
      { templateImages: { green: "ami-9" }, templateAhead: { blue: true, green: false } },
    );

  test("given instances and targets, then each says what it does and why it is not healthy", async () => {
    const members = [
      { InstanceId: "i-1", LifecycleState: "InService", ProtectedFromScaleIn: true },
      { InstanceId: "i-2", LifecycleState: "InService" },
      { InstanceId: "i-3", LifecycleState: "Pending:Wait" },
      { InstanceId: "i-4", LifecycleState: "InService" },
    ];
    const targets = [
      health("i-1", "healthy", { Description: "of no interest" }),
      health("i-2", "unhealthy", { Reason: "Target.Timeout", Description: "Request timed out\u001b[2J" }),
      health("i-4", "initial", { Reason: "Elb.RegistrationInProgress" }),
      health("i-9", "healthy"),
    ];
    const { blue } = await read([group({ Instances: members })], targets);
    expect(blue.instances).toEqual([
      { id: "i-1", lifecycle: "InService", health: "healthy", reason: undefined, isProtected: true },
      { id: "i-2", lifecycle: "InService", health: "unhealthy", reason: "Request timed out?[2J" },
      { id: "i-3", lifecycle: "Pending:Wait" },
      { id: "i-4", lifecycle: "InService", health: "initial", reason: "Elb.RegistrationInProgress" },
    ]);
    expect(blue).toMatchObject({ registered: 4, healthy: 1, staleTargets: ["i-9"], desired: 3, templateAhead: true });
    expect(blue.capacity).toEqual({ minSize: 2, maxSize: 4 });
  });

  test("given a group that is gone, then its fleet is off, and the other one is not taken for it", async () => {
    const { green } = await read([group({})], []);
    expect(green).toMatchObject({
      groupName: "app-green-group-1",
      capacity: { minSize: 0, maxSize: 0 },
      desired: 0,
      instances: [],
      suspended: [],
      templateImage: "ami-9",
    });
  });

  test("given an image that is gone, then its id is all that is known; the other's tags are its own", async () => {
    const { blue, green } = await read(
      [],
      [],
      [{ ImageId: outputs.deployed.machines.blue.imageId, Tags: [{ Key: "Version", Value: "v1" }] }],
    );
    expect(blue.image).toMatchObject({ version: "v1" });
    expect(green.image).toEqual({ imageId: outputs.deployed.machines.green.imageId });
  });
});

test.each<[string, string[], object | undefined]>([
  ["both ends", ["2", "4"], { min: 2, max: 4 }],
  ["one end alone", ["2"], undefined],
  ["an end that is no number", ["2", "x"], undefined],
])("given %s of a schema range in its tags, an image has %j", (_, [min, max], schema) => {
  const tags = { SchemaMin: min, SchemaMax: max };
  const Tags = Object.entries(tags).flatMap(([Key, Value]) => (Value === undefined ? [] : [{ Key, Value }]));
  expect(imageFacts({ ImageId: "ami-1", Tags }).schema).toEqual(schema);
});

describe("alarms", () => {
  const read = (metric: object[], composite: object[]) =>
    alarmsNow(
      asked({
        DescribeAlarmsCommand: ({ AlarmNames, AlarmTypes, MaxRecords }: Record<string, string[]>) => {
          // Without its type AWS leaves composite alarms out; without a limit it gives 50.
          expect([AlarmTypes, MaxRecords]).toEqual([["MetricAlarm", "CompositeAlarm"], 100]);
          const wanted = (alarms: object[]) =>
            alarms.filter((alarm) => AlarmNames.includes((alarm as { AlarmName: string }).AlarmName));
          return { MetricAlarms: wanted(metric), CompositeAlarms: wanted(composite) };
        },
      }),
      outputs,
    );
  const updated = new Date("2026-11-21T10:05:00Z");
  const moved = new Date("2026-11-21T10:00:00Z");

  test("given alarms in any order, then each stands with its colour, the composite one first", async () => {
    const metric = ["rejected", "green-errors", "blue-p95", "blue-errors"].map((AlarmName) => ({
      AlarmName,
      StateValue: "OK",
    }));
    const composite = ["c-green", "c-blue"].map((AlarmName) => ({
      AlarmName,
      AlarmRule: "ALARM(x)",
      StateValue: "OK",
    }));
    const { byColor, loadBalancer } = await read(metric, composite);
    const names = (alarms: { name: string; composite: boolean }[]) => alarms.map((one) => [one.name, one.composite]);
    expect(names(byColor.blue)).toEqual([
      ["c-blue", true],
      ["blue-errors", false],
      ["blue-p95", false],
    ]);
    expect(names(byColor.green)).toEqual([
      ["c-green", true],
      ["green-errors", false],
    ]);
    expect(names(loadBalancer)).toEqual([["rejected", false]]);
  });

  test("given an alarm that rings, then it says since when, and when the bad data began", async () => {
    const StateReasonData = JSON.stringify({
      evaluatedDatapoints: [{ timestamp: "2026-11-21T09:57:00.000+0000", value: 9 }],
    });
    const ringing = { StateValue: "ALARM", Threshold: 5, StateReasonData, StateReason: "too\nmany" };
    const times = { StateTransitionedTimestamp: moved, StateUpdatedTimestamp: updated };
    const { byColor } = await read([{ AlarmName: "blue-errors", ...ringing, ...times }], []);
    expect(byColor.blue).toEqual([
      {
        name: "blue-errors",
        state: "ALARM",
        reason: "too many",
        since: moved.toISOString(),
        badSince: "2026-11-21T09:57:00.000Z",
        composite: false,
      },
    ]);
    const quiet = await read([{ AlarmName: "blue-errors", ...ringing, StateValue: "OK" }], []);
    expect(quiet.byColor.blue[0]?.badSince).toBeUndefined();
  });

  test("given an alarm without a state and without a change of it, then nothing is known of it, since its last update", async () => {
    const { loadBalancer } = await read([{ AlarmName: "rejected", StateUpdatedTimestamp: updated }], []);
    expect(loadBalancer).toEqual([
      { name: "rejected", state: "INSUFFICIENT_DATA", since: updated.toISOString(), composite: false },
    ]);
  });
});

test("given groups with the stack's tags, then those are unknown that the state lacks and that are not leaving", () => {
  const groups = [
    { AutoScalingGroupName: "known" },
    { AutoScalingGroupName: "unknown" },
    { AutoScalingGroupName: "leaving", Status: "Delete in progress" },
  ] as AutoScalingGroup[];
  expect(unknownTo({ groupNames: ["known"] }, groups)).toEqual([groups[1]]);
});

describe("policies", () => {
  const gone = Object.assign(new Error("AutoScalingGroup name not found - no such group"), { name: "ValidationError" });
  const read = (answer: (group: string) => object) =>
    policiesOf(
      asked({
        DescribePoliciesCommand: ({ AutoScalingGroupName }: { AutoScalingGroupName: string }) =>
          answer(AutoScalingGroupName),
      }),
      ["g1", "g2"],
    );

  test("given a team's own policies, then those alone are told that bear the program's names", async () => {
    const names = ["app-blue-cpu-1234567", "app-green-requests-7654321", "nightly", "app-red-cpu-1234567"];
    const found = await read((group) => ({
      ScalingPolicies: group === "g1" ? names.map((PolicyName) => ({ PolicyName })) : [],
    }));
    expect(found).toEqual([
      { group: "g1", name: "app-blue-cpu-1234567" },
      { group: "g1", name: "app-green-requests-7654321" },
    ]);
  });

  test("given a group that is gone, then it has no policies, and the others are read", async () => {
    const found = await read((group) => {
      if (group === "g1") throw gone;
      return { ScalingPolicies: [{ PolicyName: "app-blue-cpu-1234567" }] };
    });
    expect(found).toEqual([{ group: "g2", name: "app-blue-cpu-1234567" }]);
  });

  test.each([
    ["of another kind", Object.assign(new Error("not found"), { name: "AccessDenied" })],
    ["about something else", Object.assign(new Error("1 validation error detected"), { name: "ValidationError" })],
  ])("fails with an error %s", async (_, error) => {
    await expect(
      read(() => {
        throw error;
      }),
    ).rejects.toBe(error);
    expect(() => unlessGone(error)).toThrow(error);
  });
});
