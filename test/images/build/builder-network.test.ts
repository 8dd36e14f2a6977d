import { type BuilderSubnet, networkFault, type NetworkSettings } from "../../../images/build/builder-network.ts";

const settings: NetworkSettings = {
  ssh_interface: "session_manager",
  subnet_id: "subnet-1",
  associate_public_ip_address: false,
  instance_profile: "bluegreen-bake",
};
const nat = { target: "nat-1", active: true };
const internet = { target: "igw-1", active: true };
const endpoint = (service: string, changes = {}) => ({ service, available: true, privateDns: true, ...changes });
const withinVpc = { admits: ["10.0.0.0/16"] };
const ssm = [endpoint("ssm", withinVpc), endpoint("ssmmessages", withinVpc)];
const subnet = (changes: Partial<BuilderSubnet> = {}): BuilderSubnet => ({
  id: "subnet-1",
  cidr: "10.0.1.0/24",
  endpoints: [],
  ...changes,
});

type Case = [string, Partial<NetworkSettings>, BuilderSubnet[]];

test.each<Case>([
  ["a NAT gateway", {}, [subnet({ defaultRoute: nat })]],
  ["a transit gateway", {}, [subnet({ defaultRoute: { target: "tgw-1", active: true } })]],
  [
    "an internet gateway and a public address",
    { associate_public_ip_address: true },
    [subnet({ defaultRoute: internet })],
  ],
  ["endpoints, and no route out", {}, [subnet({ endpoints: [...ssm, endpoint("s3")] })]],
  [
    "endpoints, and a route that it can't use",
    {},
    [subnet({ defaultRoute: internet, endpoints: [...ssm, endpoint("s3")] })],
  ],
  [
    "the default VPC with public addresses",
    { subnet_id: "", associate_public_ip_address: true },
    [subnet({ defaultRoute: internet })],
  ],
  [
    "a private address that the caller reaches",
    { ssh_interface: "private_ip", instance_profile: "" },
    [subnet({ endpoints: [endpoint("s3")] })],
  ],
])("given %s, then base can be baked", (_, changes, subnets) => {
  expect(networkFault("base", { ...settings, ...changes }, subnets)).toBeUndefined();
});

it("given endpoints for Systems Manager alone, then app can be baked, which installs no packages", () => {
  expect(networkFault("app", settings, [subnet({ endpoints: ssm })])).toBeUndefined();
  expect(networkFault("hardened", settings, [subnet({ endpoints: ssm })])).toMatch(/no endpoint for s3/);
});

test.each<[...Case, RegExp]>([
  [
    "no subnet",
    { subnet_id: "" },
    [subnet({ defaultRoute: internet })],
    /^there is no subnet_id, and .* leads nowhere/,
  ],
  ["a subnet that is not there", {}, [], /^subnet_id is subnet-1, which is not there/],
  ["no default VPC", { subnet_id: "", associate_public_ip_address: true }, [], /no default VPC with a subnet/],
  [
    "no instance profile",
    { instance_profile: "" },
    [subnet({ defaultRoute: nat })],
    /^there is no instance_profile, .*Core$/,
  ],
  [
    "an internet gateway alone",
    {},
    [subnet({ defaultRoute: internet })],
    /^the builder's subnet subnet-1 leads out by igw-1, which serves/,
  ],
  [
    "a NAT gateway that is gone",
    {},
    [subnet({ defaultRoute: { target: "nat-1", active: false } })],
    /by nat-1, which is gone \(blackhole\)/,
  ],
  [
    "nothing",
    {},
    [subnet()],
    /has no route out, and there is no endpoint for ssm, .*for ssmmessages, .*for s3: give a/,
  ],
  [
    "one endpoint too few",
    {},
    [subnet({ endpoints: [ssm[0], endpoint("s3")] })],
    /out, and there is no endpoint for ssmmessages: /,
  ],
  [
    "an endpoint in the making",
    {},
    [subnet({ endpoints: [...ssm, endpoint("s3", { available: false })] })],
    /endpoint for s3 is not av/,
  ],
  [
    "an endpoint without its name",
    {},
    [subnet({ endpoints: [ssm[0], endpoint("ssmmessages", { privateDns: false }), endpoint("s3")] })],
    /ssmmessages has no private DNS/,
  ],
  [
    "an endpoint for others",
    {},
    [subnet({ endpoints: [ssm[0], endpoint("ssmmessages", { admits: ["10.0.2.0/24"] }), endpoint("s3")] })],
    /ssmmessages lets no HTTPS in from 10\.0\.1\.0\/24/,
  ],
  [
    "a public way without an address",
    { ssh_interface: "public_ip" },
    [subnet({ defaultRoute: internet })],
    /^ssh_interface is public_ip, and/,
  ],
  [
    "one of several default subnets that leads nowhere",
    { subnet_id: "", associate_public_ip_address: true },
    [subnet({ defaultRoute: internet }), subnet({ id: "subnet-2" })],
    /subnet subnet-2 has no route out/,
  ],
])("fails given %s, in one line that says what to do", (_, changes, subnets, fault) => {
  const found = networkFault("base", { ...settings, ...changes }, subnets);
  expect(found).toMatch(fault);
  expect(found).toMatch(/: give [^\n]*$/);
});
