import { listRecords } from "../../../cli/store/records.ts";
import type { ImageFacts, ReleaseRecord, LiveState } from "../../../cli/state/model.ts";
import { readLiveState } from "../../../cli/state/read.ts";
import { requirePromotion } from "../../../cli/rollout/image.ts";
import { openSession, type Session } from "../../../cli/session.ts";
import { fleet, record, v1, v2, weights, world } from "../worlds.ts";

jest.mock("../../../cli/session.ts", () => ({ openSession: jest.fn() }));
jest.mock("../../../cli/store/records.ts", () => ({ listRecords: jest.fn() }));
jest.mock("../../../cli/state/read.ts", () => ({ readLiveState: jest.fn() }));

const listener = (account: string, region: string) =>
  `arn:aws:elasticloadbalancing:${region}:${account}:listener/app/alb/1/2`;
/** Where prod stands, and staging beside it, in another region, in another account. */
const here = listener("111111111111", "eu-central-1");
const otherRegion = listener("111111111111", "eu-west-1");
const otherAccount = listener("222222222222", "eu-central-1");

/** What staging has: its records, and what is there now. */
function staging(records: ReleaseRecord[], now: LiveState, listenerArn: string): void {
  const outputs = { releases: { tableName: "releases-of-staging" }, listenerArn };
  const recorded = () => Promise.resolve({ outputs });
  jest.mocked(openSession).mockResolvedValue({ readState: recorded, clients: { dynamodb: {} } } as unknown as Session);
  jest.mocked(listRecords).mockResolvedValue(records);
  jest.mocked(readLiveState).mockResolvedValue({ world: now } as Awaited<ReturnType<typeof readLiveState>>);
}

const prod = (promoteFrom: string | undefined, stack = "prod") =>
  ({
    settings: { promoteFrom },
    stackRef: { folder: "/project", stack },
    readState: () => Promise.resolve({ outputs: { listenerArn: here } }),
  }) as unknown as Session;

const serves = (image: ImageFacts): LiveState =>
  world({ weights: weights(100, 0), fleets: { blue: fleet("blue", { image }), green: fleet("green", { image: v1 }) } });
const elsewhere = (image: ImageFacts): ImageFacts => ({ ...image, imageId: "ami-0fedcba9876543210" });
const released = record({ outcome: "released", image: v2 });

/** A copy of an image in another region, as EC2 notes it. */
const copyOf = (image: ImageFacts, region: string): ImageFacts => ({
  ...elsewhere(image),
  source: { imageId: image.imageId, region },
});

test.each<[string, ReleaseRecord[], LiveState, string, ImageFacts]>([
  ["a release of it ended well there", [released], serves(v1), here, v2],
  ["it serves there, since a pulumi up", [], serves(v2), here, v2],
  ["it is a copy of what serves in another region", [], serves(v2), otherRegion, copyOf(v2, "eu-west-1")],
  ["a copy of it serves in another region", [], serves(copyOf(v2, "eu-central-1")), otherRegion, v2],
  ["another account has served this version of this commit", [released], serves(v1), otherAccount, elsewhere(v2)],
])("%s: it may go on", async (_, records, now, at, image) => {
  staging(records, now, at);
  await expect(requirePromotion(prod("staging"), image)).resolves.toBeUndefined();
  expect(openSession).toHaveBeenCalledWith(expect.objectContaining({ cwd: "/project", stack: "staging" }));
  expect(listRecords).toHaveBeenCalledWith({}, "releases-of-staging", expect.any(Number));
});

const [copied, made] = [copyOf(v2, "eu-west-1"), copyOf(v2, "eu-central-1")];
const commit = "0".repeat(40);

test.each<[string, ReleaseRecord[], LiveState, string, ImageFacts]>([
  ["nobody has released it there", [], serves(v1), here, v2],
  ["it was taken back there", [record({ outcome: "rolled-back", image: v2 })], serves(v1), here, v2],
  ["its bake is not over there", [record({ image: v2 })], serves(v2), here, v2],
  ["a share of the requests is no proof", [], { ...serves(v2), weights: weights(90, 10) }, here, v2],
  [
    "attack: another image of this account was given the tags of the one that serves",
    [released],
    serves(v2),
    here,
    elsewhere(v2),
  ],
  ["attack: the same in another region", [released], serves(v2), otherRegion, elsewhere(v2)],
  ["attack: it was made on an instance of the one that serves, and tagged", [released], serves(v2), here, made],
  ["it is a copy of another region's than staging's", [released], serves(v2), here, copied],
  [
    "in another account, another commit calls itself the same",
    [released],
    serves(v1),
    otherAccount,
    { ...elsewhere(v2), commit },
  ],
  [
    "in another account, neither has a commit",
    [released],
    serves(v1),
    otherAccount,
    { ...elsewhere(v2), commit: undefined },
  ],
])("%s: refused, with what to do", async (_, records, now, at, image) => {
  staging(records, now, at);
  const what = at === here ? image.imageId : "v2.0.0";
  const says = `^staging has not served v2\\.0\\.0( \\(${what}\\))? and kept it, and prod takes nothing else .*bluegreen release ${what} --stack staging\\.$`;
  const message = expect.stringMatching(new RegExp(says)) as string;
  await expect(requirePromotion(prod("staging"), image)).rejects.toMatchObject({ code: "refused", message });
});

test("given no promoteFrom, then no other stack is read; fails for a stack that names itself", async () => {
  jest.mocked(openSession).mockClear();
  await expect(requirePromotion(prod(undefined), v2)).resolves.toBeUndefined();
  await expect(requirePromotion(prod("prod"), v2)).rejects.toMatchObject({ code: "usage" });
  expect(openSession).not.toHaveBeenCalled();
});
