import { askPreview, NoConnection } from "../../../aws/preview.ts";
import type { RolloutContext } from "../../../cli/rollout/context.ts";
import { requireWhole } from "../../../cli/rollout/whole.ts";

jest.mock("../../../aws/preview.ts", () => ({
  ...jest.requireActual<object>("../../../aws/preview.ts"),
  askPreview: jest.fn(),
}));

const asked = jest.mocked(askPreview);
const machine = (healthCheckPath: string) => ({ healthCheckPath });
const rollout = {
  session: { settings: {}, stackRef: { folder: "/nowhere" }, signal: new AbortController().signal },
  recorded: {
    outputs: {
      previewUrl: "http://app.elb:9090",
      deployed: { machines: { blue: machine("/up"), green: machine("/readyz") } },
    },
  },
  world: { weights: { live: { blue: 0, green: 100 } }, settings: { deployed: { activeColor: "green" } } },
} as unknown as RolloutContext;

test("given a serving fleet that says it is degraded, then a release is refused with what is away", async () => {
  asked.mockResolvedValue({ status: 200, ms: 1, body: '{"status":"degraded","because":["redis"]}' });
  await expect(requireWhole(rollout)).rejects.toMatchObject({
    code: "refused",
    message:
      "green serves degraded: redis is away, and a new fleet could not get ready. Release when /readyz says ready again",
  });
  expect(asked).toHaveBeenLastCalledWith(expect.anything(), "green", "/readyz", expect.anything());
});

test("what a degraded fleet calls itself away by is text from outside", async () => {
  asked.mockResolvedValue({ status: 200, ms: 1, body: '{"status":"degraded","because":["re\\u001b[31mdis",5]}' });
  const { message } = (await requireWhole(rollout).catch((error: unknown) => error)) as Error;
  expect(message).not.toContain("\u001b");
  asked.mockResolvedValue({ status: 200, ms: 1, body: '{"status":"degraded"}' });
  await expect(requireWhole(rollout)).rejects.toThrow("degraded: a backing service is away");
});

test.each(['{"status":"ready"}', "ready\n", "null", '{"status":"not ready","because":["starting"]}'])(
  "given the answer %j, then there is nothing to refuse by",
  async (body) => {
    asked.mockResolvedValue({ status: 200, ms: 1, body });
    await expect(requireWhole(rollout)).resolves.toBeUndefined();
  },
);

test.each([new NoConnection("refused"), new Error("socket hang up")])(
  "given no answer (%s), then there is nothing to refuse by",
  async (error) => {
    asked.mockRejectedValue(error);
    await expect(requireWhole(rollout)).resolves.toBeUndefined();
  },
);
