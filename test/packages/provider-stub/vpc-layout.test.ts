import { layOut, resolvedLayout, type SubnetSpec } from "../../../packages/provider-stub/vpc-layout.ts";

const zones = ["a", "b", "c"];
const blocks = (cidr: string, count: number, specs?: SubnetSpec[], mask?: number) =>
  Object.fromEntries(
    layOut("net", cidr, zones.slice(0, count), specs, mask).map(({ name, cidrBlock }) => [name, cidrBlock]),
  );

describe("layOut", () => {
  it("gives two zones private /18 and public /19 each", () => {
    expect(blocks("10.0.0.0/16", 2)).toEqual({
      "net-private-1": "10.0.0.0/18",
      "net-public-1": "10.0.64.0/19",
      "net-private-2": "10.0.128.0/18",
      "net-public-2": "10.0.192.0/19",
    });
  });
  it("gives three zones private /19 and public /20 each", () => {
    expect(blocks("10.0.0.0/16", 3)).toEqual({
      "net-private-1": "10.0.0.0/19",
      "net-public-1": "10.0.32.0/20",
      "net-private-2": "10.0.64.0/19",
      "net-public-2": "10.0.96.0/20",
      "net-private-3": "10.0.128.0/19",
      "net-public-3": "10.0.160.0/20",
    });
  });
  it("uses no more than a /16 of a large VPC's zone", () => {
    expect(blocks("10.0.0.0/8", 2)).toMatchObject({ "net-private-1": "10.0.0.0/17", "net-private-2": "10.128.0.0/17" });
  });
  it("follows given subnets: names, masks, gaps", () => {
    const specs: SubnetSpec[] = [
      { type: "Public", cidrMask: 24 },
      { type: "Unused", cidrMask: 24 },
      { type: "Private", name: "app", cidrMask: 20 },
    ];
    expect(blocks("10.1.0.0/16", 2, specs)).toEqual({
      "net-public-1": "10.1.0.0/24",
      "net-app-1": "10.1.16.0/20",
      "net-public-2": "10.1.128.0/24",
      "net-app-2": "10.1.144.0/20",
    });
  });
  it("divides evenly what has no mask", () => {
    const even: SubnetSpec[] = [{ type: "Private" }, { type: "Public" }];
    expect(blocks("10.0.0.0/16", 1, even, 20)).toEqual({
      "net-private-1": "10.0.0.0/21",
      "net-public-1": "10.0.8.0/21",
    });
  });
  it("puts public subnets first in a zone, for NAT gateways stand in them", () => {
    expect(layOut("net", "10.0.0.0/16", ["a"]).map(({ type }) => type)).toEqual(["Public", "Private"]);
  });
  it.each([
    ["a VPC too small", "10.0.0.0/26", undefined, /needs? a \/26|need a \/26/],
    ["subnets that don't fit", "10.0.0.0/24", [{ type: "Private", cidrMask: 24 }] as SubnetSpec[], /don't fit/],
    ["no subnets", "10.0.0.0/16", [], /don't fit/],
    ["no block", "10.0.0/16", undefined, /give an IPv4 block/],
    ["an impossible block", "10.0.0.256/16", undefined, /give an IPv4 block/],
  ])("fails on %s", (_what, cidr, specs, message) => {
    expect(() => blocks(cidr, 2, specs)).toThrow(message);
  });
});

it("resolvedLayout is one zone's, in the order of addresses", () => {
  const layout = layOut("net", "10.0.0.0/16", zones.slice(0, 2));
  expect(resolvedLayout(layout)).toEqual([
    { type: "Private", cidrMask: 18 },
    { type: "Public", cidrMask: 19 },
  ]);
});
