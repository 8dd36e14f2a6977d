import { NoConnection } from "../../../aws/preview.ts";
import type { RolloutContext } from "../../../cli/rollout/context.ts";
import { requireSchema } from "../../../cli/rollout/schema.ts";
import type { LiveState } from "../../../cli/state/model.ts";
import { stackOutputsOf } from "../../stack-outputs.ts";
import { settled, v2, weights, world } from "../worlds.ts";

const mockAsk = jest.fn<Promise<{ body: string }>, unknown[]>();
jest.mock("../../../aws/preview.ts", () => ({
  ...jest.requireActual<object>("../../../aws/preview.ts"),
  askPreview: (...args: unknown[]) => mockAsk(...args),
}));

const image = { ...v2, schema: { min: 3, max: 5 } };
const say = jest.fn();
const outputs = stackOutputsOf();
const { blue, green } = outputs.deployed.machines;
const machines = { blue, green: { ...green, versionPath: "/green-version" } };

/** Asks whether an image fits a stack whose serving release answers so. */
function ask(body: string | Error, change: Partial<LiveState> = {}): Promise<void> {
  mockAsk.mockReset();
  say.mockReset();
  if (typeof body === "string") mockAsk.mockResolvedValue({ body });
  else mockAsk.mockRejectedValue(body);
  const session = { settings: {}, stackRef: { folder: "/nowhere" }, signal: undefined, ui: { say } };
  const recorded = { outputs: { ...outputs, deployed: { ...outputs.deployed, machines } } };
  return requireSchema({ session, recorded, world: world(change) } as unknown as RolloutContext, image);
}
const store = (schema: unknown) => JSON.stringify({ version: "v1.0.0", store: { schema } });

test.each([3, 5])("given a store of schema %i, which the image works with, then it may be released", async (schema) =>
  expect(ask(store(schema))).resolves.toBeUndefined(),
);

test.each([2, 6])("fails for a store of schema %i: its instances would never get healthy", async (schema) =>
  expect(ask(store(schema))).rejects.toMatchObject({
    code: "refused",
    message: expect.stringContaining("schema") as string,
  }),
);

test.each([
  ["no store", JSON.stringify({ version: "v1.0.0" })],
  ["a store of something else", store("6")],
  ["no JSON", "<html>"],
])("given an answer that tells of %s, then there is nothing to refuse by", async (_, body) =>
  expect(ask(body)).resolves.toBeUndefined(),
);

test("given a preview listener that can't be reached from here, then it says so, and goes on", async () => {
  await ask(new NoConnection("connect ETIMEDOUT"));
  expect(say.mock.calls).toEqual([[expect.stringContaining("connect ETIMEDOUT")]]);
});

test("given a serving release that answers nothing useful, then it goes on without a word: its checks tell more", async () => {
  await ask(new Error("socket hang up"));
  expect(say).not.toHaveBeenCalled();
});

test("the colour that serves is asked, at its own path", async () => {
  await ask(store(4));
  expect(mockAsk.mock.calls[0]?.slice(1, 3)).toEqual(["blue", blue.versionPath]);
  await ask(store(4), { weights: weights(0, 100), settings: settled({ activeColor: "green" }) });
  expect(mockAsk.mock.calls[0]?.slice(1, 3)).toEqual(["green", "/green-version"]);
});
