import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation/index.js";
import { emptyLog, plain, progressOf, reasons, record, refusal } from "../../automation/events.ts";
import type { Diagnostic } from "../../automation/protocol.ts";

type Phase = "resourcePreEvent" | "resOutputsEvent" | "resOpFailedEvent";
type Line = [Phase, op: string, name: string, extra?: Partial<StepEventMetadata>];

const TYPE = "aws:lb/listener:Listener";
const urnOf = (name: string): string => `urn:pulumi:dev::bluegreen::bluegreen:x:Y$${TYPE}::${name}`;

function event([phase, op, name, extra]: Line): EngineEvent {
  const metadata = { op, urn: urnOf(name), type: TYPE, provider: "", ...extra } as StepEventMetadata;
  return { sequence: 0, timestamp: 0, [phase]: { metadata, status: 0, steps: 0 } };
}

function diagnostic(severity: string, message: string, extra: object = {}): EngineEvent {
  return { sequence: 0, timestamp: 0, diagnosticEvent: { severity, message, color: "", ...extra } as never };
}

const summary = (lines: Line[]): string[] =>
  lines
    .map(event)
    .reduce(record, emptyLog)
    .changes.map(({ op, name, status }) => `${op} ${name} ${status}`);

const steps = (op: string, name: string): Line[] => [
  ["resourcePreEvent", op, name],
  ["resOutputsEvent", op, name],
];

describe("changes", () => {
  test.each<[string, Line[], string[]]>([
    ["unchanged resources", [...steps("same", "a"), ...steps("read", "b"), ...steps("refresh", "c")], []],
    ["an update", steps("update", "a"), ["update a done"]],
    ["an update under way", [["resourcePreEvent", "update", "a"]], ["update a started"]],
    [
      "a failed update",
      [
        ["resourcePreEvent", "update", "a"],
        ["resOpFailedEvent", "update", "a"],
      ],
      ["update a failed"],
    ],
    ["creates in their order", [...steps("create", "b"), ...steps("create", "a")], ["create b done", "create a done"]],
    [
      "a replacement as one change",
      [...steps("create-replacement", "a"), ...steps("replace", "a"), ...steps("delete-replaced", "a")],
      ["replace a done"],
    ],
    [
      "a replacement that deletes first",
      [...steps("delete-replaced", "a"), ...steps("replace", "a"), ...steps("create-replacement", "a")],
      ["replace a done"],
    ],
    [
      "a replacement whose first half failed",
      [
        ["resourcePreEvent", "create-replacement", "a"],
        ["resOpFailedEvent", "create-replacement", "a"],
        ...steps("replace", "a"),
      ],
      ["replace a failed"],
    ],
    ["what an earlier replacement left", steps("delete-replaced", "a"), ["delete a done"]],
    ["a delete", steps("delete", "a"), ["delete a done"]],
  ])("%s", (_, lines, expected) => expect(summary(lines)).toEqual(expected));

  test.each<[string, Partial<StepEventMetadata>, string[]]>([
    [
      "paths of the detailed diff",
      {
        detailedDiff: { "defaultActions[0].forward": {}, "defaultActions[0].type": {} } as never,
        diffs: ["defaultActions"],
      },
      ["defaultActions[0].forward", "defaultActions[0].type"],
    ],
    ["else the keys that changed", { diffs: ["port"] }, ["port"]],
    ["else what forced a replacement", { keys: ["name"] }, ["name"]],
    ["nothing", {}, []],
  ])("name what differs: %s", (_, extra, expected) =>
    expect(record(emptyLog, event(["resOutputsEvent", "update", "a", extra])).changes[0]?.diff).toEqual(expected),
  );

  it("tell resources from components", () => {
    const of = (custom: boolean) =>
      record(emptyLog, event(["resOutputsEvent", "create", "a", { new: { custom } as never }]));
    expect([of(true), of(false)].map(({ changes }) => changes[0]?.custom)).toEqual([true, false]);
  });
});

describe("what a refresh sees", () => {
  const state = (desiredCapacity: number) =>
    ({ custom: true, inputs: { minSize: desiredCapacity }, outputs: { desiredCapacity } }) as never;

  it("has the values of what differs", () => {
    const extra = { old: state(2), new: state(3), diffs: ["minSize"] };
    const { changes } = record(emptyLog, event(["resOutputsEvent", "update", "a", extra]));
    expect(changes[0]?.values).toEqual({ minSize: { old: 2, new: 3 } });
  });

  it("tells beside a changed input which outputs differ, of a refresh alone", () => {
    const beside = (desiredCapacity: number, tag: string) =>
      ({ custom: true, inputs: { tags: tag }, outputs: { tags: tag, desiredCapacity } }) as never;
    const extra = { old: beside(2, "a"), new: beside(3, "b"), diffs: ["tags"] };
    const observedOf = (...lines: Line[]) =>
      lines
        .map(event)
        .reduce(record, emptyLog)
        .observed.map(({ op, diff }) => [op, diff]);
    expect(observedOf(["resOutputsEvent", "update", "a", extra])).toEqual([["same", ["desiredCapacity"]]]);
    const update: Line[] = [
      ["resourcePreEvent", "update", "a", extra],
      ["resOutputsEvent", "update", "a", extra],
    ];
    expect(observedOf(...update)).toEqual([]);
  });

  test.each<[string, Line[], unknown[]]>([
    [
      "outputs of an unchanged resource that differ are observed, and no change",
      [["resOutputsEvent", "same", "a", { old: state(2), new: state(3) }]],
      [["same", "a", { desiredCapacity: { old: 2, new: 3 } }]],
    ],
    ["outputs that don't differ are not", [["resOutputsEvent", "same", "a", { old: state(2), new: state(2) }]], []],
    [
      "nor are those of a step that has only begun",
      [["resourcePreEvent", "same", "a", { old: state(2), new: { custom: true, inputs: {}, outputs: {} } as never }]],
      [],
    ],
  ])("%s", (_, lines, expected) => {
    const { observed, changes } = lines.map(event).reduce(record, emptyLog);
    expect(changes).toEqual([]);
    expect(observed.map(({ op, name, values }) => [op, name, values])).toEqual(expected);
  });
});

it("takes the outputs of the stack alone, not those of a resource", () => {
  const outputs = { activeColor: "green" };
  const stack = event(["resOutputsEvent", "same", "s", { type: "pulumi:pulumi:Stack", new: { outputs } as never }]);
  const other = event(["resOutputsEvent", "update", "a", { new: { outputs: { port: 80 } } as never }]);
  expect([stack, other].reduce(record, emptyLog).outputs).toEqual(outputs);
});

describe("diagnostics", () => {
  it("keeps warnings and errors, once each, without colours and without the engine's passing messages", () => {
    const log = [
      diagnostic("error", "<{%fg 1%}>gate: 0 healthy<{%reset%}>\n"),
      diagnostic("error", "gate: 0 healthy"),
      diagnostic("warning", "\u001b[33mcareful\u001b[0m", { urn: "urn:x" }),
      diagnostic("info", "hello"),
      diagnostic("debug", "RPC"),
      diagnostic("warning", "waiting", { ephemeral: true }),
    ].reduce(record, emptyLog);
    expect(log.diagnostics).toEqual([
      { severity: "error", message: "gate: 0 healthy", urn: undefined },
      { severity: "warning", message: "careful", urn: "urn:x" },
    ]);
  });

  test.each<[Diagnostic[], string]>([
    [[], ""],
    [[{ severity: "warning", message: "careful" }], ""],
    [
      [
        { severity: "error", message: "gate" },
        { severity: "error", message: "update failed" },
      ],
      "gate",
    ],
    [[{ severity: "error", message: "update canceled" }], "update canceled"],
    [
      [
        { severity: "error", message: "Error: x\n    at f (a.ts:1:2)\n    at g" },
        { severity: "error", message: "update canceled" },
      ],
      "Error: x",
    ],
    [[{ severity: "error", message: "update failed" }], "update failed"],
    [
      [
        { severity: "error", message: "a" },
        { severity: "error", message: "b" },
      ],
      "a\nb",
    ],
  ])("%j give the reasons %j", (diagnostics, expected) => expect(reasons(diagnostics)).toBe(expected));
});

describe("progress", () => {
  test.each<[EngineEvent, string | undefined]>([
    [event(["resourcePreEvent", "create", "a"]), "started create a"],
    [event(["resOutputsEvent", "create", "a"]), "done create a"],
    [event(["resOpFailedEvent", "create", "a"]), "failed create a"],
    [event(["resOutputsEvent", "same", "a"]), undefined],
    [diagnostic("info", "override in force"), "info: override in force"],
    [diagnostic("debug", "RPC"), undefined],
    [diagnostic("info", "<{%reset%}>"), undefined],
    [{ sequence: 0, timestamp: 0, preludeEvent: { config: {} } }, undefined],
  ])("case %#", (given, expected) => {
    const progress = progressOf(given);
    const text =
      progress?.kind === "resource"
        ? `${progress.status} ${progress.op} ${progress.name}`
        : progress && `${progress.severity}: ${progress.message}`;
    expect(text).toBe(expected);
  });
});

describe("refusal", () => {
  test.each([
    ["Previewing update (dev):\nerror: stack is locked\n  file:///x\n", "stack is locked\n  file:///x"],
    ["warning: old\n\u001b[31merror: \u001b[0mno stack named 'x' found", "no stack named 'x' found"],
    ["Cannot find module 'x'", "Cannot find module 'x'"],
  ])("of %j is %j", (text, expected) => expect(refusal(text)).toBe(expected));
});

test("plain leaves ordinary brackets alone", () => expect(plain(" a <b> {c} %d ")).toBe("a <b> {c} %d"));
