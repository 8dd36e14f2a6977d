import { AutoScalingClient, type AutoScalingGroup } from "@aws-sdk/client-auto-scaling";
import { recover } from "../../../cli/rollout/recover.ts";
import type { Session } from "../../../cli/session.ts";
import { weights, world } from "../worlds.ts";

const mockReading = jest.fn<unknown, []>();
/** The weights as they are when a group is about to be removed. */
const mockWeights = jest.fn<unknown, []>();
jest.mock("../../../aws/describe.ts", () => ({ liveWeights: () => Promise.resolve(mockWeights()) }));
jest.mock("../../../cli/state/read.ts", () => ({ readLiveState: () => Promise.resolve(mockReading()) }));

const known = ["app-blue-group-1111111", "app-green-group-2222222"];
beforeEach(() => mockWeights.mockReturnValue({ blue: 100, green: 0 }));
beforeEach(() =>
  mockReading.mockReturnValue({
    world: world({ weights: weights(100, 0) }),
    recorded: { groupNames: known, policyNames: ["app-blue-cpu-aaaaaaa"], outputs: { listenerArn: "l" } },
  }),
);

const group = (name: string, color?: string, Status?: string): AutoScalingGroup =>
  ({ AutoScalingGroupName: name, Status, Tags: color ? [{ Key: "Color", Value: color }] : [] }) as AutoScalingGroup;

/** Recovers a stack with these groups and policies; tells what was deleted. */
async function attempt(
  groups: AutoScalingGroup[],
  policies: Record<string, string[]> = {},
  refresh: object = { ok: true },
  { sparing = false, later = groups }: { sparing?: boolean; later?: AutoScalingGroup[] } = {},
) {
  let refreshed = false;
  const deleted: object[] = [];
  const client = new AutoScalingClient({ region: "eu-central-1" });
  const answers: Record<string, (input: Record<string, string & { Name: string; Values: string[] }[]>) => object> = {
    DescribeAutoScalingGroupsCommand: ({ Filters }) => {
      expect(Filters).toEqual([
        { Name: "tag:Project", Values: ["bluegreen"] },
        { Name: "tag:Environment", Values: ["dev"] },
      ]);
      return { AutoScalingGroups: refreshed ? later : groups };
    },
    DescribePoliciesCommand: ({ AutoScalingGroupName: name }) => ({
      ScalingPolicies: (policies[name] ?? []).map((PolicyName) => ({ PolicyName })),
    }),
    DeleteAutoScalingGroupCommand: (input) => (deleted.push(input), {}),
    DeletePolicyCommand: (input) => (deleted.push(input), {}),
  };
  client.send = ((command: { input: never }) =>
    Promise.resolve().then(() => answers[command.constructor.name](command.input))) as unknown as typeof client.send;
  const run = jest.fn(() => ((refreshed = true), Promise.resolve(refresh)));
  const session = {
    clients: { autoScaling: client },
    project: "bluegreen",
    environment: "dev",
    stackRef: { stack: "acme/bluegreen/dev", folder: "/nowhere" },
    runner: { run },
  } as unknown as Session;
  const tell = { now: () => undefined, keep: () => undefined };
  const error: unknown = await recover(session, tell, sparing).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(run).toHaveBeenCalledWith("refresh", expect.objectContaining({ clearPendingCreates: true }));
  return { deleted, error };
}

test("given groups that the state knows, then they stay", async () =>
  expect(await attempt(known.map((name) => group(name, "blue")))).toEqual({ deleted: [], error: undefined }));

test("a group that the state doesn't know goes, when its colour has no traffic and it isn't going already", async () => {
  const orphans = [
    group("app-green-group-3333333", "green"),
    group("app-green-group-4444444", "green", "Delete in progress"),
  ];
  expect(await attempt(orphans)).toEqual({
    deleted: [{ AutoScalingGroupName: "app-green-group-3333333", ForceDelete: true }],
    error: undefined,
  });
});

test.each(["blue", undefined, "red"])(
  "given a group with the colour %s, then it stays, and the message asks for a look at it",
  async (color) => {
    const { deleted, error } = await attempt([group("app-x-group-5555555", color)]);
    expect(deleted).toEqual([]);
    expect(error).toMatchObject({
      code: "refused",
      message: expect.stringMatching(/app-x-group-5555555 .* delete it by hand/) as string,
    });
  },
);

test("given traffic that has moved to its colour since, when a group is about to be removed, then it stays", async () => {
  mockWeights.mockReturnValue({ blue: 90, green: 10 });
  const { deleted, error } = await attempt([group("app-green-group-3333333", "green")]);
  expect(deleted).toEqual([]);
  expect(error).toMatchObject({ code: "refused" });
});

test("given a group that appeared while the state was refreshed, then it stays: an update may be making it", async () => {
  const young = group("app-green-group-3333333", "green");
  expect(await attempt([], {}, { ok: true }, { later: [young] })).toEqual({ deleted: [], error: undefined });
});

test("given a rollback, when a group of the colour with traffic is unknown, then it is left alone", async () =>
  expect(await attempt([group("app-blue-group-5555555", "blue")], {}, { ok: true }, { sparing: true })).toEqual({
    deleted: [],
    error: undefined,
  }));

test("given policies, then those alone are removed that are the program's own and unknown to the state", async () => {
  const policies = {
    [known[0]]: [
      "app-blue-cpu-aaaaaaa",
      "app-blue-cpu-bbbbbbb",
      "app-blue-requests-ccccccc",
      "nightly",
      "app-blue-cpu",
    ],
  };
  const gone = (PolicyName: string) => ({ AutoScalingGroupName: known[0], PolicyName });
  const { deleted } = await attempt([group(known[0], "blue")], policies);
  expect(deleted).toEqual([gone("app-blue-cpu-bbbbbbb"), gone("app-blue-requests-ccccccc")]);
});

test("fails when the state can't be refreshed, and removes nothing", async () => {
  const { deleted, error } = await attempt(
    [group("app-green-group-3333333", "green")],
    {},
    { ok: false, error: "no luck" },
  );
  expect(deleted).toEqual([]);
  expect(error).toMatchObject({ code: "failed", message: expect.stringContaining("no luck") as string });
});
