import { updatesBetween } from "../../rehearsal/run.ts";

const blue = { activeColor: "blue", blueAmi: "ami-1", greenAmi: "ami-1", standby: "off", standbyWeight: 0 };
const warm = { ...blue, greenAmi: "ami-2", standby: "warm" };
const canary = { ...warm, standbyWeight: 10 };
const released = { ...warm, activeColor: "green", standby: "off" };

test.each([
  ["no stack", "blue", undefined, blue, [blue]],
  ["blue", "warm", blue, warm, [warm]],
  ["blue", "a canary: the image comes up before it gets traffic", blue, canary, [warm, canary]],
  [
    "warm",
    "released: the rollback target stays while traffic moves",
    warm,
    released,
    [warm, { ...warm, activeColor: "green" }, released],
  ],
  [
    "released",
    "warm: blue comes up before it gets the traffic back",
    released,
    warm,
    [{ ...released, standby: "warm" }, { ...released, standby: "warm", activeColor: "blue" }, warm],
  ],
])("given %s, then these updates lead to %s", (_, __, from, to, updates) =>
  expect(updatesBetween(from, to)).toEqual(updates),
);
