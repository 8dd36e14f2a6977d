import { schema } from "../config/schema.ts";
import { inputsOf, network, office, runProgram, start, v1, warnings, type Run } from "./whole-program.ts";

/** eu-central-1b lacks it. */
const lacking = "g7.2xlarge";
const fresh = { blueAmi: v1, ...office };
const standing = { ...office, ...start };
const zonesOf = (run: Run) => inputsOf(run, "network-vpc").availabilityZoneNames as unknown as string[];
const recorded = (run: Run) =>
  run.outputs.deployed as { foundation: { availabilityZones?: string[] }; subnetIds?: string[] };
const existing = {
  ...fresh,
  natGateways: "none",
  vpcId: "vpc-12345678",
  publicSubnetIds: ["subnet-0000000a", "subnet-0000000b"],
  privateSubnetIds: ["subnet-0000001a", "subnet-0000001b"],
};

describe("zones of the stack's own VPC", () => {
  test("given no names, a new stack takes the first by name that offer its type, and records them", async () => {
    expect(recorded(await runProgram("dev", fresh)).foundation.availabilityZones).toEqual([
      "eu-central-1a",
      "eu-central-1b",
    ]);
    const run = await runProgram("dev", { ...fresh, instanceType: lacking });
    expect(zonesOf(run)).toEqual(["eu-central-1a", "eu-central-1c"]);
    expect(recorded(run).foundation.availabilityZones).toEqual(["eu-central-1a", "eu-central-1c"]);
  });

  test("given names, a new stack takes them in their order", async () => {
    const named = { availabilityZones: ["eu-central-1c", "eu-central-1a"] };
    expect(zonesOf(await runProgram("dev", { ...fresh, ...named }))).toEqual(named.availabilityZones);
  });

  test.each<[string, object, string]>([
    [
      "a named zone that lacks the type",
      { instanceType: lacking, availabilityZones: ["eu-central-1a", "eu-central-1b"] },
      "[update-refused] This update is refused and nothing was changed, but:\n" +
        "  - instanceType g7.2xlarge is not offered in eu-central-1b; eu-central-1a, eu-central-1c do. " +
        "Set another instanceType, or name zones that offer it (availabilityZones).",
    ],
    [
      "more zones than offer the type",
      { instanceType: lacking, availabilityZoneCount: 3 },
      "not offered in eu-central-1b; eu-central-1a, eu-central-1c do.",
    ],
    [
      "a zone of another region",
      { availabilityZones: ["eu-central-1a", "us-east-1a"] },
      "availabilityZones has us-east-1a, which this account's region does not have",
    ],
  ])("fails on %s, before the first resource", async (_, change, words) => {
    await expect(runProgram("dev", { ...fresh, ...change })).rejects.toThrow(words);
  });

  test("a stack that stands stays where it is, recorded or not, also when its next type would choose others", async () => {
    const before = (await runProgram("dev", { ...standing, instanceType: lacking })).outputs;
    expect(zonesOf(await runProgram("dev", standing, before))).toEqual(["eu-central-1a", "eu-central-1c"]);
    const older = (await runProgram("dev", standing)).outputs;
    delete (older.deployed as { foundation: { availabilityZones?: string[] } }).foundation.availabilityZones;
    expect(zonesOf(await runProgram("dev", standing, older))).toEqual(["eu-central-1a", "eu-central-1b"]);
  });

  test("fails on other zones for a stack that stands, and says what to set", async () => {
    const before = (await runProgram("dev", standing)).outputs;
    const moved = { ...standing, availabilityZones: ["eu-central-1a", "eu-central-1c"] };
    await expect(runProgram("dev", moved, before)).rejects.toThrow(
      "the zones of the stack's VPC can't change (eu-central-1a, eu-central-1b to eu-central-1a, eu-central-1c",
    );
    const same = { ...standing, availabilityZones: ["eu-central-1a", "eu-central-1b"] };
    expect(zonesOf(await runProgram("dev", same, before))).toEqual(same.availabilityZones);
  });

  test("fails on a type that a stack's zone lacks once it reaches a fleet, and leaves alone a type that a fleet has", async () => {
    const before = (await runProgram("dev", standing)).outputs;
    await expect(runProgram("dev", { ...standing, instanceType: lacking }, before)).rejects.toThrow(
      "instanceType g7.2xlarge is not offered in eu-central-1b; eu-central-1a, eu-central-1c do. " +
        "Set another instanceType, or use a new stack in zones that offer it.",
    );
    const { machines } = before.deployed as { machines: Record<string, { instanceType: string }> };
    machines.blue.instanceType = lacking;
    expect(zonesOf(await runProgram("dev", { ...standing, instanceType: lacking }, before))).toHaveLength(2);
  });
});

describe("an existing VPC", () => {
  test("given sound subnets, then they are recorded", async () => {
    const { foundation, subnetIds } = recorded(await runProgram("dev", existing));
    expect(subnetIds).toEqual([...existing.publicSubnetIds, ...existing.privateSubnetIds]);
    expect(foundation.availabilityZones).toBeUndefined();
  });

  test.each<[string, NonNullable<typeof network.spoil>, string]>([
    [
      "a private subnet in a zone of its own",
      ({ subnets }) => (subnets[3].zone = "eu-central-1c"),
      "privateSubnetIds has subnet-0000001b in eu-central-1c",
    ],
    [
      "public subnets of one zone",
      ({ subnets }) => subnets.forEach((subnet) => (subnet.zone = "eu-central-1a")),
      "a load balancer needs two zones",
    ],
    [
      "a subnet of another VPC",
      ({ subnets }) => (subnets[0].vpcId = "vpc-9"),
      "publicSubnetIds has subnet-0000000a, which is in vpc-9, not in vpc-12345678",
    ],
    [
      "a subnet without room",
      ({ subnets }) => (subnets[1].freeAddresses = 3),
      "publicSubnetIds has subnet-0000000b (10.0.1.0/24) with 3 free addresses",
    ],
    [
      "an ACL that keeps the port shut",
      (facts) => (facts.acls = [{ id: "acl-1", subnetIds: ["subnet-0000001a"], rules: [] }]),
      "the network ACL acl-1 of subnet-0000001a lets no TCP in from 10.0.0.0/24",
    ],
  ])("fails on %s, in update and preview alike", async (_, spoil, words) => {
    network.spoil = spoil;
    await expect(runProgram("dev", existing)).rejects.toThrow(words);
    await expect(runProgram("dev", existing, undefined, true)).rejects.toThrow(words);
  });

  test("fails on a type that a private subnet's zone lacks", async () => {
    await expect(runProgram("dev", { ...existing, instanceType: lacking })).rejects.toThrow(
      "use subnets of zones that offer it",
    );
  });

  test("given subnets that the stack has taken, then nobody looks at them again: a rollback is not refused for them", async () => {
    const both = { ...existing, ...start };
    const before = (await runProgram("dev", both)).outputs;
    network.spoil = () => {
      throw new Error("nobody expected a look");
    };
    await expect(runProgram("dev", both, before)).resolves.toBeDefined();
    delete (before.deployed as { subnetIds?: string[] }).subnetIds;
    await expect(runProgram("dev", both, before)).resolves.toBeDefined();
  });

  test("given a new subnet for a stack that runs, then it is looked at, and addresses that its load balancer took are its own", async () => {
    const both = { ...existing, ...start };
    const before = (await runProgram("dev", both)).outputs;
    network.spoil = ({ subnets }) => subnets.forEach((subnet) => (subnet.freeAddresses = 0));
    const wider = { ...both, publicSubnetIds: ["subnet-0000000a", "subnet-0000000c"] };
    const refused = runProgram("dev", wider, before);
    await expect(refused).rejects.toThrow("publicSubnetIds has subnet-0000000c (10.0.1.0/24) with 0 free addresses");
    await expect(refused).rejects.not.toThrow("subnet-0000000a (");
  });

  test("given no right to ask for ACLs, then the update warns and goes on", async () => {
    network.spoil = (facts) => (facts.acls = undefined);
    await expect(runProgram("dev", existing)).resolves.toBeDefined();
    expect(warnings.join()).toContain("can't be asked: allow ec2:DescribeNetworkAcls");
  });

  test("given subnets that can't be read, then the update says which right it needs", async () => {
    network.spoil = () => {
      throw Object.assign(new Error("no"), { name: "UnauthorizedOperation" });
    };
    await expect(runProgram("dev", existing)).rejects.toThrow(
      "The subnets of vpc-12345678 can't be read: UnauthorizedOperation: no. Allow ec2:DescribeSubnets. Nothing was changed.",
    );
  });
});

test("zones may be named in the schema as AWS names them", () => {
  const { availabilityZones } = schema.shape;
  expect(availabilityZones.safeParse(["eu-central-1a", "us-gov-west-1b"]).success).toBe(true);
  expect(availabilityZones.safeParse(["eu-central-1"]).success).toBe(false);
});
