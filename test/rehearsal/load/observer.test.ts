import { EventEmitter } from "node:events";
import { observe } from "../../../rehearsal/load/observer.ts";
import type { Sample } from "../../../rehearsal/load/samples.ts";

type Step = [event: string, argument?: unknown] | "turn";

const head = (status: number, ...headers: string[]): Step => ["headers", { statusCode: status, headers }];
const answer = (status = 200, ...headers: string[]): Step[] => [head(status, ...headers), ["response", status]];

/** Plays the events of one connection, a millisecond apart; `turn` lets the event loop turn. */
async function samplesOf(steps: Step[]): Promise<Sample[]> {
  const client = new EventEmitter();
  const samples: Sample[] = [];
  let clock = 0;
  observe(
    client,
    (sample) => samples.push(sample),
    () => clock,
  );
  for (const step of steps) {
    clock++;
    if (step === "turn") await new Promise((resolve) => setImmediate(resolve));
    else client.emit(step[0], step[1]);
  }
  return samples;
}

const LOST = "the connection was closed before the answer was complete";

describe("one connection", () => {
  test.each<[string, Step[], Partial<Sample>[]]>([
    [
      "an answer is attributed by its headers, whatever their case",
      [["request"], ...answer(200, "Date", "x-color", "X-Color", "green", "x-version", "v2")],
      [{ at: 3, ms: 2, status: 200, color: "green", version: "v2", failure: undefined }],
    ],
    ["a redirect is good", [["request"], ...answer(302)], [{ status: 302, failure: undefined }]],
    [
      "an error status is a failure with the beginning of its text",
      [
        ["request"],
        head(502, "x-color", "blue"),
        ["body", Buffer.from("b".repeat(150))],
        ["body", Buffer.from("c".repeat(150))],
        ["response", 502],
      ],
      [{ status: 502, color: "blue", failure: `HTTP 502: ${"b".repeat(150)}${"c".repeat(50)}` }],
    ],
    [
      "a connection error fails the open request",
      [["request"], ["connError", new Error("reset")]],
      [{ failure: "reset" }],
    ],
    [
      "and none when none is open",
      [["request"], ...answer(), ["connError", new Error("reset")]],
      [{ failure: undefined }],
    ],
    ["a time-out is a failure", [["request"], ["timeout"]], [{ failure: "no answer in time" }]],
    [
      "a request without an answer is lost when the next begins",
      [["request"], ["request"], ...answer()],
      [{ at: 2, failure: LOST }, { failure: undefined }],
    ],
    [
      "half an answer is lost, too, and the next is not attributed to it",
      [["request"], head(200, "x-color", "blue"), ["request"], ...answer(200)],
      [{ failure: LOST, color: "blue" }, { color: undefined }],
    ],
    [
      "what is sent on a connection that said it closes doesn't count when it is lost",
      [["request"], ...answer(200, "connection", "close"), ["request"], "turn", ["request"], ...answer()],
      [{ failure: undefined }, { failure: undefined }],
    ],
    [
      "what is sent on the connection after that does",
      [["request"], ...answer(200, "connection", "close"), "turn", ["request"], "turn", ["request"]],
      [{ failure: undefined }, { failure: LOST }],
    ],
  ])("%s", async (_, steps, expected) => {
    const samples = await samplesOf(steps);
    expect(samples).toHaveLength(expected.length);
    expected.forEach((sample, i) => expect(samples[i]).toMatchObject(sample));
  });
});
