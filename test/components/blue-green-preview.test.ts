import type { AutoScalingGroup } from "@aws-sdk/client-auto-scaling";
import type { TargetHealthDescription } from "@aws-sdk/client-elastic-load-balancing-v2";
import * as pulumi from "@pulumi/pulumi";
import { overrideVariable } from "../../deployment/variables.ts";
import type { Color } from "../../deployment/model.ts";
import { runProgram, type Run } from "../program.ts";

/** What is there while the preview runs: healthy and unhealthy instances of each colour. */
let there: Record<Color, { healthy: number; unhealthy?: number } | undefined>;
let live: Record<Color, number> | undefined;
const colorIn = (name: string): Color => (name.includes("-blue") ? "blue" : "green");
const ids = (color: Color) => {
  const { healthy = 0, unhealthy = 0 } = there[color] ?? {};
  return Array.from({ length: healthy + unhealthy }, (_, index) => `i-${color}-${index}`);
};

jest.mock("../../aws/describe.ts", () => ({
  ...jest.requireActual<object>("../../aws/describe.ts"),
  liveWeights: () => Promise.resolve(live),
  listenerTraffic: () => Promise.resolve(live && { weights: live, foreign: [] }),
  autoScalingGroup: (_: unknown, name: string): Promise<AutoScalingGroup | undefined> => {
    const members = ids(colorIn(name));
    const Instances = members.map((InstanceId) => ({
      InstanceId,
      LifecycleState: "InService",
    })) as AutoScalingGroup["Instances"];
    return Promise.resolve(
      there[colorIn(name)] && ({ Instances, DesiredCapacity: members.length } as AutoScalingGroup),
    );
  },
  targetHealth: (_: unknown, arn: string): Promise<TargetHealthDescription[]> =>
    Promise.resolve(
      ids(colorIn(arn)).map((Id, index) => ({
        Target: { Id },
        TargetHealth: { State: index < (there[colorIn(arn)]?.healthy ?? 0) ? "healthy" : "unhealthy" },
      })),
    ),
}));
jest.mock("../../aws/readiness.ts", () => ({
  ...jest.requireActual<object>("../../aws/readiness.ts"),
  waitUntilReady: () => Promise.resolve(),
}));
jest.mock("../../aws/preview.ts", () => ({
  ...jest.requireActual<object>("../../aws/preview.ts"),
  askPreview: (_: unknown, color: Color) =>
    Promise.resolve({ status: 200, ms: 1, body: JSON.stringify({ version: color === "blue" ? "v1.0.0" : "v2.0.0" }) }),
}));

const settings = {
  blueAmi: "ami-11111111",
  greenAmi: "ami-22222222",
  standby: "warm",
  allowedCidrs: ["192.0.2.0/24"],
  minSize: 2,
  maxSize: 4,
};
const oldOutputs = {
  arn: "arn:app-listener",
  defaultActions: [
    {
      type: "forward",
      forward: {
        targetGroups: [
          { arn: "arn:bluegreen-dev-blue", weight: 100 },
          { arn: "arn:bluegreen-dev-green", weight: 0 },
        ],
      },
    },
  ],
};

const warnings: string[] = [];
const told: string[] = [];
beforeEach(() => {
  warnings.length = told.length = 0;
  there = { blue: { healthy: 2 }, green: { healthy: 2 } };
  live = { blue: 100, green: 0 };
  jest.spyOn(pulumi.log, "warn").mockImplementation((message) => Promise.resolve(void warnings.push(message)));
  jest.spyOn(pulumi.log, "info").mockImplementation((message) => Promise.resolve(void told.push(message)));
});
afterEach(() => delete process.env[overrideVariable]);

/** Previews an update of a stack in which blue serves and green is warm. */
async function preview(changes: object): Promise<Run> {
  const before = await runProgram("dev", settings);
  return runProgram("dev", { ...settings, ...changes }, before.outputs, true);
}

/** Calls a hook as the engine does in a preview; it skips those that don't ask for it. */
async function callHook({ hooks }: Run, name: string, more: Partial<pulumi.ResourceHookArgs> = {}): Promise<void> {
  const hook = hooks.get(name);
  if (!hook?.opts?.onDryRun) throw new Error(`no hook ${name} runs in a preview`);
  await hook.callback({ urn: "urn", id: "id", name, type: "type", newInputs: {}, ...more });
}
const askGate = (run: Run, newInputs = {}) =>
  callHook(run, "app-health-gate", { oldInputs: {}, oldOutputs, newInputs });
const flip = { activeColor: "green" };

describe("the health gate in a preview", () => {
  test("says nothing of a flip that it would let through", async () => {
    await askGate(await preview(flip));
    expect(warnings).toEqual([]);
    expect(told.filter((text) => text.includes("health gate"))).toEqual([]);
  });

  test("warns of what the update would be refused for, and lets the preview go on", async () => {
    there.blue = { healthy: 3 };
    await askGate(await preview(flip));
    expect(warnings).toEqual([
      "[gate-closed] The health gate would let no listener change to blue 0 %, green 100 %, because now:\n" +
        "  - green has 2 healthy targets and needs 3 for 100 % of the requests. Raise capacityFloor to what the serving fleet runs, or wait until green is healthy.\n" +
        "This is a preview: the update asks again, and is refused if this still holds.",
    ]);
  });

  test("warns of weights that were moved by hand", async () => {
    const run = await preview(flip);
    live = { blue: 90, green: 10 };
    await askGate(run);
    expect(warnings).toEqual([expect.stringContaining("somebody moved traffic by hand")]);
  });

  test("says that the override lets the update pass", async () => {
    process.env[overrideVariable] = "INC-42";
    there.blue = { healthy: 3 };
    await askGate(await preview(flip));
    expect(warnings).toEqual([expect.stringContaining("With BLUEGREEN_OVERRIDE set, the update only warns of it.")]);
  });

  test.each<[string, (run: Run) => Promise<void>]>([
    ["makes", (run) => callHook(run, "app-green-news")],
    ["makes anew with a template", (run) => callHook(run, "app-green-news", unknownInputs)],
  ])("judges no fleet that the update %s first", async (_, news) => {
    const run = await preview(flip);
    there.green = { healthy: 0, unhealthy: 2 };
    await news(run);
    await askGate(run);
    expect(warnings).toEqual([]);
    expect(told).toContain("This update changes green first; the health gate will be asked once that is done.");
  });

  test("judges no fleet that the update lets grow first", async () => {
    there = { blue: { healthy: 3 }, green: { healthy: 2 } };
    const run = await preview({ ...flip, capacityFloor: 3 });
    await askGate(run);
    expect(warnings).toEqual([]);
    expect(told).toContain("This update changes green first; the health gate will be asked once that is done.");
  });

  test("asks nothing of a listener whose load balancer or target groups the update makes", async () => {
    await askGate(await preview({}), unknownInputs.newInputs);
    expect(warnings).toEqual([]);
    expect(told).toContain("This update changes blue first; the health gate will be asked once that is done.");
  });
});

const unknownInputs = { oldInputs: {}, newInputs: { version: pulumi.unknown } };

describe("a fleet in a preview", () => {
  const notReady = (color: string, summary: string) =>
    expect.stringContaining(`The ${color} fleet is not ready now: ${summary}`) as string;

  test("that the update would wait for is told of", async () => {
    there.blue = { healthy: 1, unhealthy: 1 };
    await preview({});
    expect(warnings).toEqual([notReady("blue", "1 of 2 healthy")]);
  });

  test("that the update would not wait for is not", async () => {
    there.blue = { healthy: 1, unhealthy: 1 };
    await preview(flip);
    expect(warnings).toEqual([]);
  });

  test("that the update lets grow is not judged by what it runs now", async () => {
    there = { blue: { healthy: 1 }, green: { healthy: 1 } };
    await preview({});
    expect(warnings).toEqual([]);
  });
});

describe("rollbackReady in a preview", () => {
  const ready = async (changes: object) => (await preview(changes)).outputs.rollbackReady;

  test("is true where both fleets stay as they are and are well", async () => {
    expect(await ready(flip)).toEqual({ ready: true, to: "blue" });
  });

  test("says what lacks now", async () => {
    there.blue = { healthy: 1, unhealthy: 1 };
    expect(await ready(flip)).toMatchObject({
      ready: false,
      reason: "blue has 1 healthy targets and needs 2 for 100 % of the requests",
    });
  });

  test("says what the settings decide", async () => {
    expect(await ready({ standby: "off" })).toMatchObject({ ready: false, reason: "green is off (standby: off)" });
  });

  test("says which fleet the update changes", async () => {
    there.green = undefined;
    expect(await ready(flip)).toMatchObject({ ready: false, reason: "known after the update, which changes green" });
  });
});

test("the template guard fails a preview as it fails the update", async () => {
  await expect(callHook(await preview({}), "app-blue-template-guard")).rejects.toThrow(
    "The launch template of blue, which has traffic, would change",
  );
});
