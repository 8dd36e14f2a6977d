import { freezeSchema, type FreezeWindow } from "../../../cli/analysis/freeze.ts";
import { CliError } from "../../../cli/error.ts";
import { objections, type Asked } from "../../../cli/plan/objections.ts";
import { requirePromotion } from "../../../cli/rollout/image.ts";
import { requireNotRevoked } from "../../../cli/rollout/revoked.ts";
import { requireSchema } from "../../../cli/rollout/schema.ts";
import { requireWhole } from "../../../cli/rollout/whole.ts";
import type { LiveState } from "../../../cli/state/model.ts";
import { lock, now, v2, world } from "../worlds.ts";

jest.mock("../../../cli/rollout/schema.ts", () => ({ requireSchema: jest.fn() }));
jest.mock("../../../cli/rollout/whole.ts", () => ({ requireWhole: jest.fn() }));
jest.mock("../../../cli/rollout/revoked.ts", () => ({ requireNotRevoked: jest.fn() }));
jest.mock("../../../cli/rollout/image.ts", () => ({
  ...jest.requireActual<object>("../../../cli/rollout/image.ts"),
  requirePromotion: jest.fn(),
}));
const freeze: FreezeWindow[] = [];
beforeEach(() => {
  freeze.length = 0;
  for (const mock of [requirePromotion, requireNotRevoked, requireSchema, requireWhole])
    jest.mocked(mock).mockReset().mockResolvedValue();
});

const asked = (change: Partial<LiveState> = {}, image = { ...v2, gossReport: "sha256:1" }) =>
  objections({ world: world(change), image, session: {}, freeze } as unknown as Asked);
const refusal = (why: string) => new CliError("refused", why);

test("given nothing against it, then there is nothing", async () =>
  expect(await asked()).toEqual({ against: [], unknown: [] }));

test("all that stands against it is told, each by who says so", async () => {
  jest.mocked(requirePromotion).mockRejectedValue(refusal("not from staging"));
  jest.mocked(requireNotRevoked).mockRejectedValue(refusal("it is revoked"));
  jest.mocked(requireSchema).mockRejectedValue(refusal("schema 2"));
  jest.mocked(requireWhole).mockRejectedValue(refusal("redis is away"));
  freeze.push(...freezeSchema.parse([{ from: "2026-11-20", to: "2026-11-23", timeZone: "UTC", reason: "sale" }]));
  const { against } = await asked({ foreign: ["5 % to target group legacy"], lock: lock() }, { ...v2, gossReport: "" });
  expect(against.map(({ by }) => by)).toEqual([
    "revocation",
    "promotion",
    "schema",
    "degraded",
    "freeze",
    "listener",
    "lock",
  ]);
  expect(against.at(-1)?.why).toBe("alice@desk works on this stack since 2026-11-21T14:00:30.000Z (release v2.0.0)");
});

test("an image without its tags", async () =>
  expect((await asked({}, { imageId: "ami-1" } as typeof v2 & { gossReport: string })).against).toHaveLength(2));

test.each([
  ["is over", lock({ expires: now })],
  ["was given back", lock({ released: true })],
])("given a lock that %s, then it stands against nothing", async (_, held) =>
  expect((await asked({ lock: held })).against).toEqual([]),
);

test("what can't be asked is not known, and no refusal", async () => {
  jest.mocked(requireSchema).mockRejectedValue(new Error("no answer"));
  expect(await asked()).toEqual({ against: [], unknown: [{ by: "schema", why: "no answer" }] });
});
