import { DiffKind, type StepEventMetadata } from "@pulumi/pulumi/automation/index.js";
import { observedPaths, segments, valuesAt } from "../../automation/values.ts";

const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "[secret]" };

const state = (inputs: object, outputs: object, custom = true) =>
  ({ custom, inputs, outputs }) as unknown as StepEventMetadata["old"];

test.each([
  ["port", ["port"]],
  [
    "defaultActions[0].forward.targetGroups[12].weight",
    ["defaultActions", "0", "forward", "targetGroups", "12", "weight"],
  ],
  ['tags["a.b"].c', ["tags", "a.b", "c"]],
  ['["a\\"b"]', ['a"b']],
])("segments of %s", (path, expected) => expect(segments(path)).toEqual(expected));

describe("values of a path", () => {
  test.each<[string, Partial<StepEventMetadata>, string, object]>([
    [
      "in lists and blocks",
      { old: state({ a: [{ b: 1 }] }, {}), new: state({ a: [{ b: 2 }] }, {}) },
      "a[0].b",
      { old: 1, new: 2 },
    ],
    [
      "that was not there",
      { old: state({}, {}), new: state({ tags: { "a.b": "x" } }, {}) },
      'tags["a.b"]',
      { new: "x" },
    ],
    ["that is gone", { old: state({ a: false }, {}), new: state({}, {}) }, "a", { old: false }],
    [
      "of inputs before outputs",
      { old: state({ a: 1 }, { a: 9 }), new: state({ a: 2 }, { a: 9 }) },
      "a",
      { old: 1, new: 2 },
    ],
    [
      "of outputs where it is no difference of inputs",
      {
        old: state({ a: 9 }, { a: 1 }),
        new: state({ a: 9 }, { a: 2 }),
        detailedDiff: { a: { diffKind: DiffKind.update, inputDiff: false } },
      },
      "a",
      { old: 1, new: 2 },
    ],
    ["of outputs alone", { old: state({}, { a: 1 }), new: state({}, { a: 2 }) }, "a", { old: 1, new: 2 }],
    ["of a resource that was not there", { new: state({ a: 2 }, {}) }, "a", { new: 2 }],
    [
      "that is a secret",
      { old: state({ a: secret }, {}), new: state({ a: secret }, {}) },
      "a",
      { old: "[secret]", new: "[secret]" },
    ],
    ["with a secret in it", { old: state({ a: [{ b: secret, c: 1 }] }, {}) }, "a", { old: [{ b: "[secret]", c: 1 }] }],
    ["of what every object inherits", { old: state({ a: {} }, {}) }, "a.constructor", {}],
  ])("%s", (_, step, path, expected) =>
    expect(valuesAt(step as StepEventMetadata, [path])[path]).toEqual({ old: undefined, new: undefined, ...expected }),
  );
});

describe("what is observed beside the declared", () => {
  const [before, after] = [
    { a: [1], b: 2, gone: 1 },
    { a: [1], b: 3, made: 1 },
  ];
  test.each<[string, Partial<StepEventMetadata>, string[]]>([
    ["outputs that differ", { old: state({}, before), new: state({}, after) }, ["b", "gone", "made"]],
    ["nothing", { old: state({ a: 1 }, before), new: state({ a: 2 }, { ...before }) }, []],
    ["nothing of a component", { old: state({}, before, false), new: state({}, after, false) }, []],
    ["nothing of what was just read", { new: state({}, after) }, []],
    [
      "no bookkeeping",
      { old: state({}, { __meta: 1, tagsAll: {} }), new: state({}, { __meta: 2, tagsAll: { a: "b" } }) },
      [],
    ],
  ])("%s", (_, step, expected) => expect(observedPaths(step as StepEventMetadata)).toEqual(expected));
});
