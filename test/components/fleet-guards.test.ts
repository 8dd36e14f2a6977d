import {
  deletionFault,
  groupFault,
  preemptedFault,
  takesInstances,
  templateFault,
  type GroupChange,
  type Guarded,
} from "../../components/fleet-guards.ts";
import type { DeployedStack } from "../../components/deployed.ts";
import { arns, fakeClients, forwarding, groupOf, type World } from "../aws/fake-aws.ts";
import { lockVariable } from "../../deployment/variables.ts";
import { serving } from "./two-fleets.ts";

const deployed: DeployedStack = { ...serving, listenerArn: "arn:l", targetGroupArns: arns };
const live = (green: number, targets: string[] = ["i-3 healthy", "i-4 healthy"]): World => ({
  listeners: { "arn:l": forwarding({ blue: 100 - green, green }) },
  targets: { [arns.green]: targets },
  groups: { new: groupOf(["i-9"]) },
});
/** Green has all requests, and nobody can tell what it runs. */
const untold: World = { ...live(100), targets: undefined };
/** An update that begins while blue has all requests and wants it so. */
const guarded = (world: World, more: Partial<Guarded> = {}): Guarded => ({
  clients: fakeClients(() => world),
  deployed,
  plan: { weights: { blue: 100, green: 0 } },
  ...more,
});
const unreadable: Guarded = {
  ...guarded({}),
  clients: { elb: { send: () => Promise.reject(new Error("throttled")) } } as unknown as Guarded["clients"],
};
const replaced: GroupChange = { after: { minSize: 2, maxSize: 4 } };
const emptied: GroupChange = { before: { minSize: 2, maxSize: 4 }, after: { minSize: 0, maxSize: 0 } };
const to = (maxSize: number): GroupChange => ({ before: { minSize: 2, maxSize: 4 }, after: { minSize: 1, maxSize } });

describe("given an update that began while green had no traffic", () => {
  const nowReason = "the listener gives green 100 % of the requests now.";

  test("when nothing moved, then green's template may change, its group be replaced, emptied, and the old one go", async () => {
    const still = guarded(live(0));
    expect(await templateFault(still, "green")).toBeUndefined();
    for (const change of [replaced, emptied]) expect(await groupFault(still, "green", change)).toBeUndefined();
    expect(await deletionFault(still, "green", "new")).toBeUndefined();
  });

  test("fails to change green's template when a direct rollback has given it all requests", async () =>
    expect(await templateFault(guarded(live(100)), "green")).toEqual({
      what: "The launch template of green, which has traffic, would change",
      reasons: [expect.stringContaining("replaces the whole fleet"), nowReason],
    }));

  test("fails to replace green's group when a direct rollback has given it all requests since its template changed", async () =>
    expect(await groupFault(guarded(live(100)), "green", replaced)).toEqual({
      what: "The group of green, which has traffic, would be replaced",
      reasons: [expect.stringContaining("another fleet would take the place of what serves"), nowReason],
    }));

  test("fails to delete green's earlier group when the traffic came while the new one got ready", async () =>
    expect(await deletionFault(guarded(live(100)), "green", "new")).toEqual({
      what: "The earlier group of green, which has traffic, would be deleted",
      reasons: [expect.stringContaining("both fleets of it serve now"), nowReason],
    }));

  test.each<[string, GroupChange, string]>([
    ["empty", emptied, "cut to 0 instances"],
    ["cut", to(1), "cut to 1 instances"],
  ])("fails to %s green's group when it has traffic by now", async (_, change, what) =>
    expect((await groupFault(guarded(live(10)), "green", change))?.what).toContain(what),
  );

  test.each<[string, Guarded, GroupChange]>([
    ["it is cut to what runs", guarded(live(10)), to(2)],
    ["it grows", guarded({}), to(5)],
    ["only something else of it changes", guarded({}), to(4)],
    ["it grows, and nobody can tell what runs", guarded(untold), to(5)],
    ["it is gone and comes back", guarded(live(10, [])), replaced],
    ["it is gone, its last instance leaving", guarded(live(10, ["i-3 draining"])), replaced],
    ["there is no listener any more", guarded({}), emptied],
  ])("when green has traffic and %s, then its group may change", async (_, given, change) =>
    expect(await groupFault(given, "green", change)).toBeUndefined(),
  );

  test.each<[string, GroupChange, string]>([
    ["cut", to(1), "would be cut to 1 instances"],
    ["deleted", { before: { minSize: 2, maxSize: 4 } }, "would be cut to 0 instances"],
  ])("fails to have green's group %s when nobody can tell what it runs", async (_, change, what) => {
    expect(await groupFault(guarded(untold), "green", change)).toEqual({
      what: `The group of green, which has traffic, ${what}`,
      reasons: [
        expect.stringMatching(/^green runs an unknown number of instances\. Move the traffic away first/),
        nowReason,
      ],
    });
  });

  test("fails to replace green's group when nobody can tell what it runs", async () => {
    expect((await groupFault(guarded(untold), "green", replaced))?.what).toContain("would be replaced");
  });

  test("fails to delete green's earlier group when the new one is gone, or nobody can tell whose its targets are", async () => {
    for (const world of [{ ...live(100), groups: {} }, untold])
      expect((await deletionFault(guarded(world), "green", "new"))?.what).toContain("would be deleted");
  });

  test("when green has traffic and the new group is the only one, then nothing is in the way of the end", async () =>
    expect(await deletionFault(guarded(live(100, ["i-9 healthy"])), "green", "new")).toBeUndefined());

  test("fails when the live weights can't be read, and says so", async () => {
    const expected = {
      reasons: expect.arrayContaining([expect.stringMatching(/can't be read.*throttled/)]) as unknown,
    };
    expect(await templateFault(unreadable, "green")).toMatchObject(expected);
    expect(await groupFault(unreadable, "green", replaced)).toMatchObject(expected);
    expect(await groupFault(unreadable, "green", emptied)).toMatchObject(expected);
    expect(await deletionFault(unreadable, "green", "new")).toMatchObject(expected);
  });
});

describe("given traffic that the update knows of, then it is guarded without a question", () => {
  const silent = { clients: {} as Guarded["clients"] };
  test.each<[string, Partial<Guarded>]>([
    ["green is to get some", { plan: { weights: { blue: 90, green: 10 } } }],
    ["green had some when it began", { deployed: { ...deployed, weights: { blue: 90, green: 10 } } }],
  ])("%s", async (_, more) => {
    // What was known before is no news: the reason of the refusal stands alone.
    expect((await templateFault(guarded({}, { ...more, ...silent }), "green"))?.reasons).toEqual([
      expect.stringContaining("replaces the whole fleet"),
    ]);
    expect((await groupFault(guarded(live(0), more), "green", replaced))?.reasons).toHaveLength(1);
  });
});

describe("given a command's update whose lock went to a rollback", () => {
  const items = (token: string) => () =>
    Promise.resolve({
      item: {
        token: { S: token },
        body: { S: JSON.stringify({ holder: { by: "ann" }, doing: "rollback", since: "2026" }) },
      },
      at: 0,
    });
  const asked = (token: string) => preemptedFault(items(token), { releasesTable: "t" }, "The group would be replaced");
  afterEach(() => {
    delete process.env[lockVariable];
  });

  test("when it would take a fleet away, then it is refused: the rollback may need that fleet", async () => {
    process.env[lockVariable] = "mine";
    expect(await asked("hers")).toEqual({
      what: "The group would be replaced",
      reasons: [expect.stringContaining("has lost its lock: ann works on this stack since 2026 (rollback)")],
    });
    expect(await asked("mine")).toBeUndefined();
  });

  test("when the table can't be asked, then it is refused, too", async () => {
    process.env[lockVariable] = "mine";
    const down = () => Promise.reject(new Error("no route"));
    expect(await preemptedFault(down, { releasesTable: "t" }, "x")).toMatchObject({
      reasons: [expect.stringContaining("no route")],
    });
  });

  test("a person's own update is asked for no lock", async () => {
    const never = () => Promise.reject(new Error("nobody may ask"));
    expect(await preemptedFault(never, { releasesTable: "t" }, "x")).toBeUndefined();
    expect(await asked("hers")).toBeUndefined();
  });

  test.each<[string, GroupChange, boolean]>([
    ["made anew", replaced, true],
    ["emptied", emptied, true],
    ["grown", to(6), false],
    ["left as it is", to(4), false],
    ["deleted", { before: { maxSize: 4 } }, true],
    ["without a maximum before and after", { before: {}, after: {} }, false],
  ])("a group that is %s", (_, change, takes) => expect(takesInstances(change)).toBe(takes));
});
