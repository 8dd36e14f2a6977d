import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import {
  described,
  expectEnd,
  mark,
  processesOf,
  type CommandEnd,
} from "../../../rehearsal/scenarios/commands-process.ts";
import { touchedIn } from "../../../rehearsal/scenarios/commands.ts";
import { canaryPrice } from "../../../rehearsal/scenarios/commands-caught.ts";

const end = (change: Partial<CommandEnd>): CommandEnd => ({ code: 0, seconds: 1, events: [], errors: [], ...change });
const args = ["release", "v2"];

test.each<[string, CommandEnd, number, RegExp | undefined, RegExp | undefined]>([
  ["ends as expected", end({}), 0, undefined, undefined],
  ["says why", end({ code: 3, errors: ["blue is off"] }), 3, /is off/, undefined],
  [
    "another code",
    end({ code: 1, errors: ["oh"] }),
    0,
    undefined,
    /release v2 was to end with 0, but: exit code 1: oh/,
  ],
  ["a signal", end({ code: undefined }), 0, undefined, /but: a signal/],
  ["other words", end({ code: 3, errors: ["no"] }), 3, /is off/, /was to say \/is off\//],
  ["not a word", end({ code: 3 }), 3, undefined, /was to say one thing/],
  ["a stack trace", end({ code: 1, errors: ["no", "at main.ts:1"] }), 1, undefined, /was to say one thing/],
])("expectEnd: %s", (_what, found, code, words, fault) => {
  const check = () => expectEnd(args, found, code, words);
  if (fault) expect(check).toThrow(fault);
  else expect(check()).toBe(found);
});

test("says after which step a command ended", () => {
  const step = (title: string, status: "started" | "done") => ({ type: "step" as const, step: "x", title, status });
  const events = [step("Staging", "done"), step("Checking", "started"), { type: "message" as const, text: "m" }];
  expect(described(end({ code: undefined, events }))).toBe('a signal after "Checking" was started');
});

test("touchedIn names each resource once, of that step alone, and no components", () => {
  const progress = (step: string, text: string) => ({ type: "progress" as const, step, text });
  const events = [
    progress("stage", "create app-blue-group"),
    progress("cutover", "update app-listener"),
    progress("cutover", "update app-listener"),
    progress("cutover", "the listener was touched, and nothing else"),
  ];
  expect(touchedIn({ events }, "cutover")).toEqual(["app-listener"]);
  expect(touchedIn({ events }, "stage")).toEqual(["app-blue-group"]);
});

describe("canaryPrice", () => {
  const failure = (version: string, status: number) => ({
    at: 1,
    ms: 1,
    version,
    status,
    failure: `HTTP ${status}: x`,
  });

  test("counts the bad image's own answers", () => {
    expect(canaryPrice({ failed: 2, errors: [failure("v2", 500), failure("v2", 500)] }, "v2")).toBe(2);
  });

  test.each([failure("v1", 500), failure("v2", 502), { at: 1, ms: 1, failure: "no answer in time" }])(
    "fails on what another caused: %j",
    (sample) => {
      expect(() => canaryPrice({ failed: 1, errors: [sample] }, "v2")).toThrow(/v2 alone was to fail requests/);
    },
  );
});

(existsSync("/proc/self/environ") ? test : test.skip)(
  "processesOf finds a command's processes by their mark",
  async () => {
    const id = `${process.pid}.test`;
    const child = spawn("cat", { env: { ...process.env, [mark]: id } });
    const ended = once(child, "exit");
    await once(child, "spawn");
    try {
      expect(await processesOf({ id })).toEqual([child.pid]);
      expect(await processesOf({ id: id.slice(0, -1) })).toEqual([]);
    } finally {
      child.kill();
      await ended;
    }
    expect(await processesOf({ id })).toEqual([]);
  },
);
