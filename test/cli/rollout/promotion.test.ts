import { listRecords } from "../../../cli/store/records.ts";
import type { ImageFacts, ReleaseRecord, LiveState } from "../../../cli/state/model.ts";
import { readLiveState } from "../../../cli/state/read.ts";
import { requirePromotion } from "../../../cli/rollout/image.ts";
import { openSession, type Session } from "../../../cli/session.ts";
import { fleet, record, v1, v2, weights, world } from "../worlds.ts";

jest.mock("../../../cli/session.ts", () => ({ openSession: jest.fn() }));
jest.mock("../../../cli/store/records.ts", () => ({ listRecords: jest.fn() }));
jest.mock("../../../cli/state/read.ts", () => ({ readLiveState: jest.fn() }));

/** What staging has: its records, and what is there now. */
function staging(records: ReleaseRecord[], now: LiveState): void {
  const recorded = () => Promise.resolve({ outputs: { releases: { tableName: "releases-of-staging" } } });
  jest.mocked(openSession).mockResolvedValue({ readState: recorded, clients: { dynamodb: {} } } as unknown as Session);
  jest.mocked(listRecords).mockResolvedValue(records);
  jest.mocked(readLiveState).mockResolvedValue({ world: now } as Awaited<ReturnType<typeof readLiveState>>);
}

const prod = (promoteFrom: string | undefined, stack = "prod") =>
  ({ settings: { promoteFrom }, stackRef: { folder: "/project", stack } }) as unknown as Session;

const serves = (image: ImageFacts): LiveState =>
  world({ weights: weights(100, 0), fleets: { blue: fleet("blue", { image }), green: fleet("green", { image: v1 }) } });
const elsewhere = (image: ImageFacts): ImageFacts => ({ ...image, imageId: "ami-0fedcba9876543210" });
const released = record({ outcome: "released", image: v2 });

test.each<[string, ReleaseRecord[], LiveState, ImageFacts]>([
  ["a release of it ended well there", [released], serves(v1), v2],
  ["it was that of another region: the same version and commit", [released], serves(v1), elsewhere(v2)],
  ["it serves there, since a pulumi up", [], serves(v2), elsewhere(v2)],
])("%s: it may go on", async (_, records, now, image) => {
  staging(records, now);
  await expect(requirePromotion(prod("staging"), image)).resolves.toBeUndefined();
  expect(openSession).toHaveBeenCalledWith(expect.objectContaining({ cwd: "/project", stack: "staging" }));
  expect(listRecords).toHaveBeenCalledWith({}, "releases-of-staging", expect.any(Number));
});

test.each<[string, ReleaseRecord[], LiveState, ImageFacts]>([
  ["nobody has released it there", [], serves(v1), v2],
  ["it was taken back there", [record({ outcome: "rolled-back", image: v2 })], serves(v1), v2],
  ["another commit calls itself the same", [released], serves(v1), { ...elsewhere(v2), commit: "0".repeat(40) }],
  ["its bake is not over there", [record({ image: v2 })], serves(v2), v2],
  ["a share of the requests is no proof", [], { ...serves(v2), weights: weights(90, 10) }, v2],
])("%s: refused, with what to do", async (_, records, now, image) => {
  staging(records, now);
  const message = expect.stringMatching(
    /^staging has not served v2\.0\.0 and kept it, and prod takes nothing else .*bluegreen release v2\.0\.0 --stack staging\.$/,
  ) as string;
  await expect(requirePromotion(prod("staging"), image)).rejects.toMatchObject({ code: "refused", message });
});

test("given no promoteFrom, then no other stack is read; fails for a stack that names itself", async () => {
  jest.mocked(openSession).mockClear();
  await expect(requirePromotion(prod(undefined), v2)).resolves.toBeUndefined();
  await expect(requirePromotion(prod("prod"), v2)).rejects.toMatchObject({ code: "usage" });
  expect(openSession).not.toHaveBeenCalled();
});
