import * as pulumi from "@pulumi/pulumi";
import { askGate, type GateArgs } from "../../aws/gate.ts";
import type { Color } from "../../deployment/model.ts";
import { deletionFault, groupFault } from "../../components/fleet-guards.ts";
import { lockVariable } from "../../deployment/variables.ts";
import { groupOf, target } from "../aws/fake-aws.ts";
import { created, named, runProgram, table, type Run } from "../program.ts";

const readied: Record<string, unknown>[] = [];
let live: Record<Color, number> | undefined;
let targets: string[] = [];

jest.mock("../../aws/describe.ts", () => ({
  ...jest.requireActual<object>("../../aws/describe.ts"),
  liveWeights: () => Promise.resolve(live),
  listenerTraffic: () => Promise.resolve(live && { weights: live, foreign: [] }),
  targetHealth: () => Promise.resolve(targets.map(target)),
  autoScalingGroup: () => Promise.resolve(groupOf(targets.map((text) => target(text).Target.Id ?? ""))),
}));
jest.mock("../../aws/readiness.ts", () => ({
  waitUntilReady: (_: unknown, readiness: Record<string, unknown>) => Promise.resolve(void readied.push(readiness)),
}));
jest.mock("../../aws/gate.ts", () => ({
  ...jest.requireActual<object>("../../aws/gate.ts"),
  askGate: jest.fn(),
}));
const gate = jest.mocked(askGate);
jest.mock("../../components/fleet-guards.ts", () => {
  const actual = jest.requireActual<typeof import("../../components/fleet-guards.ts")>(
    "../../components/fleet-guards.ts",
  );
  return { ...actual, groupFault: jest.fn(actual.groupFault), deletionFault: jest.fn() };
});
const cut = jest.mocked(groupFault);
const deletion = jest.mocked(deletionFault);

const settings = { blueAmi: "ami-11111111", greenAmi: "ami-22222222", standby: "warm", allowedCidrs: ["192.0.2.0/24"] };
const run = (more: object = {}, before?: Run) => runProgram("dev", { ...settings, ...more }, before?.outputs);

const told: string[] = [];
beforeEach(() => {
  told.length = 0;
  jest.spyOn(pulumi.log, "info").mockImplementation((message) => Promise.resolve(void told.push(message)));
  live = undefined;
  targets = [];
  readied.length = 0;
  gate.mockReset();
  cut.mockClear();
  deletion.mockReset();
});

/** The images of these tests have no boot gate, which the program tells; it tells nothing else. */
afterEach(() => expect(told.filter((message) => !message.includes("without a boot gate"))).toEqual([]));

/** Calls a hook of the program the way the engine does. */
async function callHook({ hooks }: Run, name: string, oldOutputs?: object, change: object = {}): Promise<void> {
  const hook = hooks.get(name);
  if (!hook) throw new Error(`no hook ${name} among ${[...hooks.keys()].join(", ")}`);
  const outputs = oldOutputs as Record<string, unknown>;
  await hook.callback({ urn: "urn", id: "id", name, type: "type", oldOutputs: outputs, ...change });
}

describe("the order", () => {
  test.each<[string, object, Color[], Color[]]>([
    ["blue serves", {}, ["blue"], ["green"]],
    ["green serves: the direction turns", { activeColor: "green" }, ["green"], ["blue"]],
    ["a canary: both before the listener", { standbyWeight: 10 }, ["blue", "green"], []],
    ["all weight on the standby", { standbyWeight: 100 }, ["green"], ["blue"]],
  ])("%s", async (_, more, before, after) => {
    const { resources } = await run(more);
    const order = resources.map(({ name }) => name);
    const listener = named(resources, "app-listener").options;
    for (const color of before) {
      expect(order.indexOf(`app-${color}-group`)).toBeLessThan(order.indexOf("app-listener"));
      expect(listener.dependencies).toContain(`app-${color}-group`);
    }
    for (const color of after) {
      expect(listener.dependencies).not.toContain(`app-${color}-group`);
      expect(named(resources, `app-${color}-group`).options.dependencies).toContain("app-listener");
    }
  });

  test.each(["blue", "green"])("%s's target group is in use before its fleet starts", async (color) => {
    const { dependencies } = named((await run()).resources, `app-${color}-group`).options;
    expect(dependencies).toContain(`app-preview-${color}`);
    expect(dependencies).toEqual(
      expect.arrayContaining([`instances-${color}-session-manager`, `instances-${color}-policy`]),
    );
    expect(named((await run()).resources, `app-${color}-requests`).options.dependencies).toContain(
      `app-preview-${color}`,
    );
  });

  test("the preview listener waits for no fleet", async () => {
    const { resources } = await run();
    for (const name of ["app-preview-listener", "app-preview-blue", "app-preview-green"]) {
      expect(named(resources, name).options.dependencies.filter((other) => other.includes("group"))).toEqual([]);
    }
  });

  test("each awaited fleet is waited for by its own group, minimum and deadline", async () => {
    await run({ activeColor: "green", minSize: 2, readinessTimeout: 77 });
    const expected = (color: Color) => ({
      color,
      groupName: `app-${color}-group-1234567`,
      targetGroupArn: `arn:bluegreen-dev-${color}`,
      minSize: 2,
      timeout: 77,
    });
    expect(readied).toMatchObject([expected("green"), expected("blue")]);
  });
});

describe("a group", () => {
  test("leaves the desired capacity to Auto Scaling, and is replaced with its template", async () => {
    for (const color of ["blue", "green"]) {
      expect(named((await run()).resources, `app-${color}-group`).options).toMatchObject({
        ignoreChanges: ["desiredCapacity"],
        replaceOnChanges: ["mixedInstancesPolicy.launchTemplate.launchTemplateSpecification"],
      });
    }
  });
});

describe("the health gate", () => {
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

  test("stands before the listener's creation and before its every update, and nowhere else", async () => {
    const { resources } = await run();
    const gated = resources.filter(({ options: { hooks } }) =>
      [...hooks.beforeCreate, ...hooks.beforeUpdate].includes("app-health-gate"),
    );
    expect(gated.map(({ name, options }) => [name, options.hooks])).toEqual([
      ["app-listener", { beforeCreate: ["app-health-gate"], beforeUpdate: ["app-health-gate"] }],
    ]);
  });

  test("asks for what the plan wants, of the groups that are there now", async () => {
    gate.mockResolvedValue([]);
    await callHook(await run({ activeColor: "green", previewPort: 9999 }), "app-health-gate", oldOutputs);
    const expected: Partial<GateArgs> = {
      weights: { blue: 0, green: 100 },
      capacity: { blue: { minSize: 1, maxSize: 2 }, green: { minSize: 1, maxSize: 2 } },
      targetGroupArns: { blue: "arn:bluegreen-dev-blue", green: "arn:bluegreen-dev-green" },
      groupNames: { green: "app-green-group-1234567" },
      versions: { blue: "v1.0.0", green: "v2.0.0" },
      paths: { blue: "/version", green: "/version" },
      preview: { protocol: "http", host: "alb.example", port: 9999, domain: undefined },
      listener: { arn: "arn:app-listener", weights: { blue: 100, green: 0 } },
    };
    expect(gate).toHaveBeenCalledTimes(1);
    expect(gate.mock.calls[0][0]).toMatchObject(expected);
  });

  test("knows both groups of a canary, each by its colour", async () => {
    gate.mockResolvedValue([]);
    await callHook(await run({ standbyWeight: 10, activeColor: "green" }), "app-health-gate", oldOutputs);
    expect(gate.mock.calls[0][0].groupNames).toEqual({
      blue: "app-blue-group-1234567",
      green: "app-green-group-1234567",
    });
  });

  test("knows of no listener on its creation", async () => {
    gate.mockResolvedValue([]);
    await callHook(await run(), "app-health-gate");
    expect(gate.mock.calls[0][0].listener).toBeUndefined();
  });

  test("asks over HTTPS, by the name in the certificate", async () => {
    gate.mockResolvedValue([]);
    await callHook(await run({ domain: "app.example.com", hostedZoneId: "Z1" }), "app-health-gate");
    expect(gate.mock.calls[0][0].preview).toMatchObject({ protocol: "https", domain: "app.example.com" });
  });

  test("fails the listener's update with every reason", async () => {
    gate.mockResolvedValue(["not healthy", "wrong version"]);
    await expect(callHook(await run({ activeColor: "green" }), "app-health-gate", oldOutputs)).rejects.toThrow(
      "[gate-closed] The health gate keeps the listener as it is; blue 0 %, green 100 % was asked for, but:\n  - not healthy\n  - wrong version",
    );
  });
});

const updateTo = async (from: object, to: object) => {
  const before = await run(from);
  live = before.outputs.weights as Record<Color, number>;
  return run(to, before);
};

describe("the release lock, before the listener changes", () => {
  const token = (value: string) => ({ lock: { token: { S: value }, expires: { N: String(Date.now() + 60_000) } } });
  const askedFor = async (moves: boolean) => {
    gate.mockImplementation(async ({ lock }) => [(await lock(moves)).fault ?? []].flat());
    await callHook(await updateTo({}, { activeColor: "green" }), "app-health-gate");
  };
  afterEach(() => delete process.env[lockVariable]);

  test("given a command whose lock is there, then it may", async () => {
    process.env[lockVariable] = "mine";
    table.items = token("mine");
    await expect(askedFor(true)).resolves.toBeUndefined();
  });

  test("fails the update of a command that a rollback has preempted", async () => {
    process.env[lockVariable] = "mine";
    table.items = token("theirs");
    await expect(askedFor(true)).rejects.toThrow(/\[gate-closed\].*\n.*has lost its lock/);
  });

  test("fails a flip by hand while a command releases", async () => {
    table.items = token("theirs");
    await expect(askedFor(true)).rejects.toThrow("somebody else works on this stack");
    await expect(askedFor(false)).resolves.toBeUndefined();
  });
});

describe("the group guard", () => {
  const name = "app-green-group-guard";

  test("stands before every creation and update of a group, once there is something deployed", async () => {
    const guarded = ({ resources }: Run) =>
      resources
        .filter(({ options: { hooks } }) =>
          [hooks.beforeCreate, hooks.beforeUpdate].every((bound) =>
            bound.some((hook) => hook.endsWith("-group-guard")),
          ),
        )
        .map((resource) => resource.name)
        .sort();
    expect(guarded(await run())).toEqual([]);
    expect(guarded(await updateTo({}, {}))).toEqual(["app-blue-group", "app-green-group"]);
  });

  test("fails to empty a group that has got traffic since the program began", async () => {
    const program = await updateTo({}, { standby: "off" });
    const change = { oldInputs: { minSize: 1, maxSize: 2 }, newInputs: { minSize: 0, maxSize: 0 } };
    await expect(callHook(program, name, undefined, change)).resolves.toBeUndefined();
    live = { blue: 0, green: 100 };
    targets = ["i-3 healthy"];
    await expect(callHook(program, name, undefined, change)).rejects.toThrow(
      "The group of green, which has traffic, would be cut to 0 instances, but:",
    );
  });

  test("fails to make a group anew that has got traffic since the program began", async () => {
    const program = await updateTo({}, {});
    cut.mockResolvedValueOnce({ what: "It would be replaced", reasons: ["it serves"] });
    await expect(callHook(program, name, undefined, { newInputs: { maxSize: 2 } })).rejects.toThrow(
      "It would be replaced, but:\n  - it serves",
    );
    expect(cut.mock.lastCall?.slice(1)).toEqual(["green", { before: undefined, after: { maxSize: 2 } }]);
  });
});

describe("the end of the program, after which the engine deletes what was replaced", () => {
  test("asks once more of each group that was made anew, and of no other", async () => {
    await updateTo({}, {});
    expect(deletion).not.toHaveBeenCalled();
    created.add("app-green-group");
    await run({}, await run());
    expect(deletion.mock.calls.map(([, ...of]) => of)).toEqual([["green", "app-green-group-1234567"]]);
  });

  test("fails, so that nothing is deleted, when traffic came to a fleet while it was being replaced", async () => {
    const before = await run();
    created.add("app-green-group");
    deletion.mockResolvedValue({ what: "The earlier group would be deleted", reasons: ["it serves"] });
    await expect(run({}, before)).rejects.toThrow("The earlier group would be deleted, but:\n  - it serves");
  });

  test("asks nothing on a stack's first update", async () => {
    created.add("app-green-group");
    await run();
    expect(deletion).not.toHaveBeenCalled();
  });
});

describe("the template guard", () => {
  test("stands before every update of a template, once there is something deployed", async () => {
    const { resources } = await updateTo({}, {});
    const guarded = resources.filter(({ name, options: { hooks } }) =>
      hooks.beforeUpdate.includes(name.replace("template", "template-guard")),
    );
    expect(guarded.map(({ name }) => name).sort()).toEqual(["app-blue-template", "app-green-template"]);
  });

  test.each<[string, object, object, Color[]]>([
    ["the colour that serves", {}, {}, ["blue"]],
    ["the colour that loses its traffic and the one that gains it", {}, { activeColor: "green" }, ["blue", "green"]],
    ["a canary", { standbyWeight: 10 }, { standbyWeight: 10 }, ["blue", "green"]],
    ["a canary that is taken back", { standbyWeight: 10 }, {}, ["blue", "green"]],
  ])("fails for %s alone", async (_, from, to, kept) => {
    const program = await updateTo(from, to);
    for (const color of ["blue", "green"] as const) {
      const update = callHook(program, `app-${color}-template-guard`);
      if (kept.includes(color))
        await expect(update).rejects.toThrow(`The launch template of ${color}, which has traffic`);
      else await expect(update).resolves.toBeUndefined();
    }
  });

  test("fails for the standby when it has got traffic since the program began", async () => {
    const program = await updateTo({}, {});
    live = { blue: 0, green: 100 };
    await expect(callHook(program, "app-green-template-guard")).rejects.toThrow(
      /The launch template of green, which has traffic.*\n.*\n.*the listener gives green 100 % of the requests now/,
    );
  });
});
