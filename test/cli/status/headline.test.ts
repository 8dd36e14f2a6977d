import { headline } from "../../../cli/status/headline.ts";
import type { LiveState } from "../../../cli/state/model.ts";
import { alarm, fleet, off, settled, v1, weights, world } from "../worlds.ts";

const green = { ...settled({ activeColor: "green" }) };

test.each<[string, Partial<LiveState>, string]>([
  ["a warm standby", {}, "dev: blue v1.0.0 serves 100 %, green v2.0.0 stands by, all healthy"],
  ["a canary", { weights: weights(90, 10) }, "dev: blue v1.0.0 serves 90 %, green v2.0.0 10 % (canary), all healthy"],
  [
    "a canary with the greater part: who is declared comes first",
    { weights: weights(40, 60) },
    "dev: blue v1.0.0 serves 40 %, green v2.0.0 60 % (canary), all healthy",
  ],
  [
    "green serves and blue is off",
    { weights: weights(0, 100), settings: green, fleets: { blue: off("blue"), green: fleet("green") } },
    "dev: green v2.0.0 serves 100 %, blue is off, all healthy",
  ],
  [
    "a fleet that is off and drains is still there",
    { fleets: { blue: fleet("blue"), green: fleet("green", { capacity: { minSize: 0, maxSize: 0 }, desired: 0 }) } },
    "dev: blue v1.0.0 serves 100 %, green v2.0.0 stands by, all healthy",
  ],
  [
    "traffic that was moved by hand",
    { weights: { live: { blue: 0, green: 100 }, recorded: { blue: 100, green: 0 } } },
    "dev: green v2.0.0 serves 100 %, blue v1.0.0 stands by, all healthy",
  ],
  [
    "a share that goes to somebody else's group",
    { weights: { live: { blue: 57, green: 0 }, recorded: { blue: 100, green: 0 } }, foreign: ["43 % to x"] },
    "dev: blue v1.0.0 serves 57 %, green v2.0.0 stands by, 43 % GO ELSEWHERE, all healthy",
  ],
  [
    "a rule of somebody else's, whose share nobody knows",
    { foreign: ["path-pattern /api to x (rule 5)"] },
    "dev: blue v1.0.0 serves 100 %, green v2.0.0 stands by, OTHERS' TRAFFIC ON THE LISTENER, all healthy",
  ],
  [
    "nobody serves",
    { weights: weights(0, 0) },
    "dev: NOBODY SERVES, blue v1.0.0 stands by, green v2.0.0 stands by, all healthy",
  ],
  [
    "targets that lack health, or registration",
    { fleets: { blue: fleet("blue", { healthy: 1 }), green: fleet("green", { desired: 3 }) } },
    "dev: blue v1.0.0 serves 100 %, green v2.0.0 stands by, blue 1 of 2 healthy, green 2 of 3 healthy",
  ],
  [
    "an image without a version",
    { fleets: { blue: fleet("blue", { image: { imageId: v1.imageId } }), green: off("green") } },
    "dev: blue ami-00000000000000001 serves 100 %, green is off, all healthy",
  ],
  [
    "one alarm",
    { loadBalancerAlarms: [alarm("dev-rejected", { state: "ALARM" })] },
    "dev: blue v1.0.0 serves 100 %, green v2.0.0 stands by, all healthy, 1 alarm",
  ],
  [
    "alarms, each once",
    {
      alarms: {
        blue: [alarm("dev-blue", { composite: true, state: "ALARM" }), alarm("dev-blue-p95", { state: "ALARM" })],
        green: [alarm("dev-green-p95", { state: "INSUFFICIENT_DATA" })],
      },
      loadBalancerAlarms: [alarm("dev-rejected", { state: "ALARM" })],
    },
    "dev: blue v1.0.0 serves 100 %, green v2.0.0 stands by, all healthy, 2 alarms",
  ],
])("%s", (_, change, expected) => expect(headline(world(change))).toBe(expected));
