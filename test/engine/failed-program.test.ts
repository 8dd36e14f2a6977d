import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { FailedProgram } from "../../engine/failed-program.ts";

type Phase = "resourcePreEvent" | "resOutputsEvent" | "resOpFailedEvent";

const event = (phase: Phase, urn: string, custom = true): EngineEvent => ({
  sequence: 0,
  timestamp: 0,
  [phase]: { metadata: { urn, op: "create", new: { custom } } },
});

let end: jest.Mock;
let program: FailedProgram;
beforeEach(() => {
  jest.useFakeTimers();
  end = jest.fn();
  program = new FailedProgram(end, 1_000);
});
afterEach(() => jest.useRealTimers());

it("lets a good program take its time", () => {
  program.record(event("resourcePreEvent", "a"));
  program.record(event("resOutputsEvent", "a"));
  jest.advanceTimersByTime(600_000);
  expect(end).not.toHaveBeenCalled();
});

it("ends a failed one when nothing happens any more", () => {
  program.fail();
  jest.advanceTimersByTime(900);
  program.record(event("resOutputsEvent", "a"));
  jest.advanceTimersByTime(900);
  expect(end).not.toHaveBeenCalled();
  jest.advanceTimersByTime(100);
  expect(end).toHaveBeenCalledTimes(1);
});

test.each<Phase>(["resOutputsEvent", "resOpFailedEvent"])("waits for a resource at work until its %s", (phase) => {
  program.record(event("resourcePreEvent", "a"));
  program.fail();
  jest.advanceTimersByTime(600_000);
  expect(end).not.toHaveBeenCalled();
  program.record(event(phase, "a"));
  jest.advanceTimersByTime(1_000);
  expect(end).toHaveBeenCalledTimes(1);
});

it("does not wait for a component, whose outputs may never come", () => {
  program.record(event("resourcePreEvent", "a", false));
  program.fail();
  jest.advanceTimersByTime(1_000);
  expect(end).toHaveBeenCalledTimes(1);
});

it("leaves an operation alone that has ended by itself", () => {
  program.fail();
  program.ended();
  jest.advanceTimersByTime(600_000);
  expect(end).not.toHaveBeenCalled();
});
