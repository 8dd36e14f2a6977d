import { fromAws, shape, tagMap, toAws, unknownArguments } from "../../../packages/provider-stub/shape.ts";

const known = shape(`name=GroupName size zones=VPCZones:csv tags:own labels=Tags:tags free:map
  disk{encrypted:bool sizes{gib}} rule=Rules:listed{owner}`);

describe("toAws and fromAws", () => {
  const pulumi = {
    name: "n",
    size: 0,
    zones: ["a", "b"],
    labels: { k: "v" },
    free: { any: "thing" },
    disk: { encrypted: "true", sizes: [{ gib: 1 }, { gib: 2 }] },
    rule: { owner: "me" },
  };
  const aws = {
    GroupName: "n",
    Size: 0,
    VPCZones: "a,b",
    Tags: [{ Key: "k", Value: "v" }],
    Free: { any: "thing" },
    Disk: { Encrypted: true, Sizes: [{ Gib: 1 }, { Gib: 2 }] },
    Rules: [{ Owner: "me" }],
  };

  it("undo each other", () => {
    expect(toAws(known, pulumi)).toEqual(aws);
    expect(fromAws(known, aws)).toEqual(pulumi);
  });

  it("send neither what isn't given nor what the row sends itself", () => {
    expect(toAws(known, { name: "n", size: undefined, disk: null, tags: { a: "b" } })).toEqual({ GroupName: "n" });
  });

  it("leave out of an answer what the shape does not know", () => {
    expect(fromAws(known, { GroupName: "n", Other: 1 })).toEqual({ name: "n" });
  });
});

describe("unknownArguments", () => {
  it.each([
    [
      "nothing",
      { name: "n", tags: { a: "b" }, free: { x: { y: 1 } }, disk: { encrypted: "true" }, __defaults: ["name"] },
      [],
    ],
    ["an argument", { nam: "n" }, ["nam"]],
    ["an argument of a block", { disk: { encrypt: true } }, ["disk.encrypt"]],
    ["an argument of a block in a list", { disk: { sizes: [{ gib: 1 }, { gb: 2 }] } }, ["disk.sizes.gb"]],
    ["a block where text belongs", { name: { first: "n" } }, ["name"]],
    ["not what is absent", { nam: undefined, siz: null }, []],
  ])("names %s", (_what, props, expected) => {
    expect(unknownArguments(known, props)).toEqual(expected);
  });
});

describe("shape", () => {
  it.each(["a:none", "a{b}}"])("fails on %s", (text) => {
    expect(() => shape(text)).toThrow(/shape:/);
  });
});

it("tagMap leaves AWS's own tags out", () => {
  expect(
    tagMap([
      { Key: "aws:autoscaling:groupName", Value: "x" },
      { Key: "Name", Value: "y" },
    ]),
  ).toEqual({ Name: "y" });
});
