import { changes, covers, outputsOf, refreshedInputs, same, UNKNOWN } from "../../../packages/provider-stub/diff.ts";

describe("changes", () => {
  const weights = (blue: unknown, green: unknown) => ({
    defaultActions: [
      {
        forward: {
          targetGroups: [
            { arn: "b", weight: blue },
            { arn: "g", weight: green },
          ],
        },
      },
    ],
  });
  it.each([
    ["nothing", { a: 1, __defaults: ["a"] }, { a: 1 }, []],
    ["another order of a list", { a: ["x", "y"] }, { a: ["y", "x"] }, []],
    ["null for absent", { a: null }, {}, []],
    ["an added argument", {}, { a: 0 }, [["a", "add", false]]],
    ["a removed argument", { a: false }, {}, [["a", "delete", false]]],
    ["a value", { fixed: "x" }, { fixed: "y" }, [["fixed", "update", true]]],
    ["a value inside a block", { b: { c: 1, d: 2 } }, { b: { c: 1, d: 3 } }, [["b.d", "update", false]]],
    ["a block that forces a new resource", { fixed: { c: 1 } }, { fixed: {} }, [["fixed.c", "delete", true]]],
    [
      "an unknown version",
      { t: { id: "lt", version: "1" } },
      { t: { id: "lt", version: UNKNOWN } },
      [["t.version", "update", false]],
    ],
    ["another length of a list", { a: ["x"] }, { a: ["x", "y"] }, [["a", "update", false]]],
    [
      "weights",
      weights(100, 0),
      weights(0, 100),
      [
        ["defaultActions[0].forward.targetGroups[0].weight", "update", false],
        ["defaultActions[0].forward.targetGroups[1].weight", "update", false],
      ],
    ],
  ])("sees %s", (_what, olds, news, expected) => {
    const found = changes(olds, news, ["fixed"]).map(({ path, kind, replace }) => [path, kind, replace]);
    expect(found).toEqual(expected);
  });
});

describe("same", () => {
  it("an unknown value equals nothing, not even itself", () => {
    expect(same(UNKNOWN, UNKNOWN)).toBe(false);
  });
  it("an explicit 0 is not absence", () => {
    expect(same(0, undefined)).toBe(false);
  });
});

describe("covers", () => {
  it.each([
    ["text of a number", 80, "80", true],
    ["more than was said", { a: 1 }, { a: 1, b: 2 }, true],
    ["another order", ["x", "y"], ["y", "x"], true],
    ["a policy laid out anew", '{"A": [1, 2]}', '{"A":[2,1]}', true],
    ["false for absent", false, undefined, true],
    ["another value", { a: 1 }, { a: 2 }, false],
    ["a lost value", { a: 1 }, {}, false],
    ["one item more", ["x"], ["x", "y"], false],
    ["another policy", '{"A": 1}', '{"A": 2}', false],
  ])("%s", (_what, input, actual, expected) => {
    expect(covers(input, actual)).toBe(expected);
  });
});

describe("refreshedInputs", () => {
  const inputs = {
    name: "n",
    size: 1,
    forward: { groups: [{ arn: "b", weight: 100 }] },
    wait: "0",
    __defaults: ["name"],
  };
  it("keeps the inputs while AWS says the same", () => {
    const actual = { name: "n", size: "1", forward: { groups: [{ arn: "b", weight: 100, more: 1 }] }, arn: "x" };
    expect(refreshedInputs(inputs, actual)).toEqual(inputs);
  });
  it("shows drift, cut down to what the inputs speak of", () => {
    const actual = {
      forward: {
        groups: [
          { arn: "b", weight: 10, more: 1 },
          { arn: "g", weight: 90 },
        ],
        extra: 1,
      },
    };
    const groups = [
      { arn: "b", weight: 10 },
      { arn: "g", weight: 90 },
    ];
    expect(refreshedInputs(inputs, actual)).toEqual({ ...inputs, forward: { groups } });
  });
  it("shows a tag added by hand, where other blocks may have more than was asked", () => {
    const actual = { tags: { a: "b", hand: "made" }, block: { x: 1, y: 2 } };
    const refreshed = refreshedInputs({ tags: { a: "b" }, block: { x: 1 } }, actual);
    expect(refreshed).toEqual({ tags: { a: "b", hand: "made" }, block: { x: 1 } });
  });
  it("drops what AWS has unset", () => {
    expect(refreshedInputs({ role: "r", a: 1 }, { role: null })).toEqual({ a: 1 });
  });
});

describe("outputsOf", () => {
  it("are the inputs, with AWS's word where it differs or adds", () => {
    const outputs = outputsOf(
      { zones: ["b", "a"], size: 1, gone: "x" },
      { zones: ["a", "b"], size: 2, arn: "x", gone: null },
    );
    expect(outputs).toEqual({ zones: ["b", "a"], size: 2, arn: "x" });
  });
});
