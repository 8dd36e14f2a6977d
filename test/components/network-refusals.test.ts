import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../../config/schema.ts";
import type { DeployedStack } from "../../components/deployed.ts";
import { networkRefusals, type NetworkRefusalsArgs } from "../../components/network-refusals.ts";
import { byColor, type LaunchSpec, type Plan } from "../../deployment/model.ts";
import type { NetworkFacts } from "../../deployment/network-fit.ts";
import { machine, serving } from "./two-fleets.ts";

const never = (): Promise<never> => Promise.reject(new Error("nobody may ask"));
const spec = (instanceType: string): LaunchSpec => ({ ...machine("v1"), instanceType });
const planned = (blue: string, green = blue): Plan =>
  ({ machines: { blue: spec(blue), green: spec(green) } }) as Partial<Plan> as Plan;
/** What runs: fleets of that type, in subnets that the state may tell. */
const running = (instanceType: string, subnetIds?: string[]): DeployedStack => ({
  ...serving,
  machines: byColor(() => spec(instanceType)),
  listenerArn: "arn:l",
  targetGroupArns: { blue: "b", green: "g" },
  subnetIds,
});

let warn: jest.SpyInstance;
beforeEach(() => (warn = jest.spyOn(pulumi.log, "warn").mockResolvedValue()));
afterEach(() => jest.restoreAllMocks());

describe("in the stack's own VPC", () => {
  const question = { named: [], count: 2, available: ["a", "b"], standing: undefined, offering: ["a"] };
  const own = (change: Partial<NetworkRefusalsArgs> = {}) =>
    networkRefusals({
      settings: { instanceType: "big" } as Partial<Settings> as Settings,
      deployed: undefined,
      plan: planned("big"),
      question,
      zones: ["a", "b"],
      readNetwork: never,
      offering: () => Promise.resolve(["a"]),
      ...change,
    });

  test("fails on a first update where a zone lacks the type, and says how to name zones", async () =>
    expect(await own()).toEqual([
      expect.stringMatching(/^instanceType big is not offered in b; a do\. .*\(availabilityZones\)\.$/),
    ]));

  test("fails where a stack that stands gets a type that a zone lacks: it has to be another stack", async () =>
    expect(await own({ deployed: running("small") })).toEqual([
      expect.stringMatching(/is not offered in b; .* or use a new stack in zones that offer it\.$/),
    ]));

  test("fails on zones that are not there, and then asks nothing more", async () =>
    expect(await own({ zones: ["a", "z"], offering: never })).toEqual([
      expect.stringContaining("availabilityZones has z"),
    ]));

  test.each<[string, Partial<NetworkRefusalsArgs>]>([
    ["all zones have the type", { offering: () => Promise.resolve(["a", "b"]) }],
    ["a fleet runs the type already", { deployed: running("big"), offering: never }],
    ["the type reaches no fleet yet", { deployed: running("small"), plan: planned("small"), offering: never }],
    [
      "a stack that stands has zones that the region lost",
      { deployed: running("big"), zones: ["a", "z"], offering: never },
    ],
  ])("when %s, then nothing is in the way", async (_, change) => expect(await own(change)).toEqual([]));

  test("a type that reaches one fleet alone is looked at, too", async () =>
    expect(await own({ deployed: running("small"), plan: planned("small", "big") })).toHaveLength(1));
});

describe("in a VPC that exists", () => {
  const subnet = (id: string, zone: string) => ({ id, vpcId: "vpc-1", zone, cidr: "10.0.0.0/24", freeAddresses: 100 });
  const facts: NetworkFacts = {
    subnets: [subnet("pub-a", "a"), subnet("pub-b", "b"), subnet("priv-a", "a")],
    acls: [],
  };
  const settings = {
    instanceType: "big",
    vpcId: "vpc-1",
    publicSubnetIds: ["pub-a", "pub-b"],
    privateSubnetIds: ["priv-a"],
    appPort: 3000,
  } as Partial<Settings> as Settings;
  const all = ["pub-a", "pub-b", "priv-a"];
  const existing = (change: Partial<NetworkRefusalsArgs> = {}) =>
    networkRefusals({
      settings,
      deployed: undefined,
      plan: planned("big"),
      question: { named: [], count: 2, available: ["a", "b"], standing: undefined, offering: undefined },
      zones: undefined,
      readNetwork: () => Promise.resolve(facts),
      offering: () => Promise.resolve(["a"]),
      ...change,
    });
  const full: NetworkFacts = { ...facts, subnets: facts.subnets.map((one) => ({ ...one, freeAddresses: 0 })) };

  test("all subnets are read, and the type is wanted in the private ones' zones alone", async () => {
    const read = jest.fn(() => Promise.resolve(facts));
    expect(await existing({ readNetwork: read })).toEqual([]);
    expect(read.mock.calls).toEqual([[all]]);
    expect(warn).not.toHaveBeenCalled();
  });

  test("fails where a private subnet's zone lacks the type, and says what would do", async () =>
    expect(await existing({ offering: () => Promise.resolve(["b"]) })).toEqual([
      expect.stringMatching(/^instanceType big is not offered in a; .* or use subnets of zones that offer it\.$/),
    ]));

  test("fails on subnets that would not do", async () =>
    expect(await existing({ readNetwork: () => Promise.resolve(full), offering: never })).toHaveLength(2));

  test.each<[string, DeployedStack]>([
    ["the state tells its subnets", running("big", all)],
    ["the state is older than that record", running("big")],
  ])("given a stack that uses them, when %s, then nobody looks again", async (_, deployed) =>
    expect(await existing({ deployed, readNetwork: never, offering: never })).toEqual([]),
  );

  test("given one subnet that is new, then it is looked at, and the others' addresses are the stack's own", async () => {
    const deployed = running("big", ["pub-a", "priv-a"]);
    expect(await existing({ deployed, readNetwork: () => Promise.resolve(full), offering: never })).toEqual([
      expect.stringContaining("publicSubnetIds has pub-b"),
    ]);
  });

  test("given a new type in subnets that are used, then the type alone is looked at", async () => {
    const readNetwork = () => Promise.resolve(full);
    const deployed = running("small", all);
    expect(await existing({ deployed, readNetwork })).toEqual([]);
    expect(await existing({ deployed, readNetwork, offering: () => Promise.resolve([]) })).toEqual([
      expect.stringContaining("no zone of this region does"),
    ]);
  });

  test("fails when they can't be read, with the right that it takes", async () => {
    const readNetwork = () => Promise.reject(Object.assign(new Error("not you"), { name: "UnauthorizedOperation" }));
    await expect(existing({ readNetwork })).rejects.toThrow(
      new pulumi.RunError(
        "The subnets of vpc-1 can't be read: UnauthorizedOperation: not you. Allow ec2:DescribeSubnets. Nothing was changed.",
      ),
    );
  });

  test("given no right to ask for ACLs, then it goes on with a warning", async () => {
    expect(await existing({ readNetwork: () => Promise.resolve({ ...facts, acls: undefined }) })).toEqual([]);
    expect(warn.mock.calls).toEqual([
      [expect.stringContaining("appPort 3000 can't be asked: allow ec2:DescribeNetworkAcls")],
    ]);
  });
});
