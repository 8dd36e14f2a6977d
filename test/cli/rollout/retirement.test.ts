import type { RolloutContext } from "../../../cli/rollout/context.ts";
import { replacementFault } from "../../../cli/rollout/held.ts";
import { endRetirement, requireRetirable, retire } from "../../../cli/rollout/retire.ts";
import type { LiveState } from "../../../cli/state/model.ts";
import { fleet, instance, v1, weights, world } from "../worlds.ts";

const mockDone: unknown[] = [];
jest.mock("../../../cli/rollout/emptied.ts", () => ({
  emptied: (_: unknown, color: string, group: string) => Promise.resolve(void mockDone.push(`empty ${color} ${group}`)),
}));
beforeEach(() => (mockDone.length = 0));

/** A rollout over one stack that notes what it is told to do. */
const rolloutOf = (change: Partial<LiveState> = {}) =>
  ({
    world: world(change),
    session: {
      ui: {
        step: <T>(stage: string, __: string, run: (tell: object) => Promise<T>) => (mockDone.push(stage), run({})),
      },
    },
    change: (settings: object) => Promise.resolve(void mockDone.push(settings)),
    recover: (why: string, { sparing }: { sparing: boolean }) =>
      Promise.resolve(void mockDone.push(`recover ${why} ${sparing}`)),
    note: ({ kind, outcome }: { kind: string; outcome: string }) =>
      Promise.resolve(void mockDone.push(`${kind} ${outcome}`)),
    notify: (notice: object) => Promise.resolve(void mockDone.push(notice)),
  }) as unknown as RolloutContext;

const ended = [
  "retire",
  "empty green app-green-group-1234567",
  // Without this, a release that was staged and never served would hold up the next one.
  "ended superseded",
  { kind: "retired", color: "blue", image: v1 },
];

test("given a fleet that may go, then it is emptied, and the floor goes with it", async () => {
  const rollout = rolloutOf();
  expect(() => requireRetirable(rollout)).not.toThrow();
  await retire(rollout, "green");
  expect(mockDone).toEqual(["retire", { standby: "off", standbyWeight: 0, capacityFloor: 0, previewSize: 0 }]);
});

test("fails while the fleet may be needed", () =>
  expect(() => requireRetirable(rolloutOf({ weights: weights(90, 10) }))).toThrow(
    expect.objectContaining({
      code: "refused",
      message: expect.stringMatching(/^green still gets 10 %.*\.$/) as string,
    }) as Error,
  ));

test("given a fleet that was retired, then people are told when its instances are gone", async () => {
  await endRetirement(rolloutOf(), "green");
  expect(mockDone).toEqual(ended);
});

test("given a group that the state does not know, then that is put in order first: it would run on, and cost", async () => {
  await endRetirement(rolloutOf({ unknownGroups: ["app-green-group-9"] }), "green");
  expect(mockDone).toEqual([expect.stringMatching(/^recover .*app-green-group-9 false$/), ...ended]);
});

test("given two instances in Standby, then one command takes both out", () => {
  const aside = [1, 2].map((number) => instance("green", number, { lifecycle: "Standby" }));
  const [one, two] = aside.map(({ id }) => id);
  const fault = replacementFault(fleet("green", { instances: aside }));
  expect(fault).toContain(`while ${one}, ${two} is in Standby`);
  expect(fault).toMatch(new RegExp(`--instance-ids ${one} ${two}$`));
});
