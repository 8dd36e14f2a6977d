import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Context } from "../../../cli/commands/context.ts";
import { tryLock } from "../../../cli/commands/direct-lock.ts";
import { direct } from "../../../cli/commands/rollback-direct.ts";
import { CliError } from "../../../cli/error.ts";
import type { RollbackOptions } from "../../../cli/commands/rollback-options.ts";
import type { Color } from "../../../deployment/model.ts";

jest.mock("../../../cli/commands/direct-lock.ts", () => ({ tryLock: jest.fn() }));
const locked = jest.mocked(tryLock);
const release = jest.fn(() => Promise.resolve());
/** What happens to the weights while they are watched: by the second in which it does. */
const later = new Map<number, () => void>();
let seconds: number;
jest.mock("node:timers/promises", () => ({
  setTimeout: (_: number, __: unknown, { signal }: { signal: AbortSignal }) => {
    later.get(++seconds)?.();
    return signal.aborted ? Promise.reject(new Error("aborted")) : Promise.resolve();
  },
}));
beforeEach(() => {
  locked.mockReset().mockResolvedValue({ release } as never);
  release.mockClear();
  later.clear();
  seconds = 0;
});

interface World {
  blue?: number;
  green?: number;
  healthy?: Partial<Record<Color, string>>;
  environment?: string;
  rules?: object[];
  /** Colours of the groups that run instances; undefined: Auto Scaling does not answer. */
  groups?: Color[];
  /** An instance that somebody has registered by hand, in the place of blue's own target. */
  stray?: string;
}

const stickiness = { Enabled: false, DurationSeconds: 86_400 };
const forward = (blue: number, green: number) => [
  {
    Type: "forward",
    Order: 1,
    ForwardConfig: {
      TargetGroups: [
        { TargetGroupArn: "tg/green", Weight: green },
        { TargetGroupArn: "tg/blue", Weight: blue },
      ],
      TargetGroupStickinessConfig: stickiness,
    },
  },
];

/** The attempt that is under way. */
let current: { weights: { blue: number; green: number }; interruption: AbortController };

/** Goes back in an account that holds another stack, too; tells what was changed, and what was said. */
async function attempt(
  { blue = 0, green = 100, healthy = {}, environment = "dev", rules = [], ...rest }: World,
  options: RollbackOptions = {},
  wanted: Color | null = "blue",
) {
  const weights = { blue, green };
  const modified: object[] = [];
  const interruption = new AbortController();
  const said: string[] = [];
  const tags = (values: Record<string, string>) => Object.entries(values).map(([Key, Value]) => ({ Key, Value }));
  const ours = { Project: "bluegreen", Environment: environment };
  const owned: Record<string, Record<string, string>> = {
    "lb/other": { ...ours, Environment: "prod" },
    "lb/app": ours,
    "tg/other": { ...ours, Environment: "prod", Color: "blue" },
    "tg/blue": { ...ours, Color: "blue" },
    "tg/green": { ...ours, Color: "green" },
  };
  const names = (prefix: string) => Object.keys(owned).filter((arn) => arn.startsWith(prefix));
  const answers: Record<string, (input: Record<string, string & string[]>) => object> = {
    DescribeLoadBalancersCommand: () => ({
      LoadBalancers: names("lb/").map((LoadBalancerArn) => ({ LoadBalancerArn })),
    }),
    DescribeTargetGroupsCommand: () => ({ TargetGroups: names("tg/").map((TargetGroupArn) => ({ TargetGroupArn })) }),
    DescribeTagsCommand: ({ ResourceArns }) => ({
      TagDescriptions: ResourceArns.map((ResourceArn) => ({ ResourceArn, Tags: tags(owned[ResourceArn]) })),
    }),
    DescribeListenersCommand: ({ LoadBalancerArn, ListenerArns }) => {
      const main = { ListenerArn: "listener/main", DefaultActions: forward(weights.blue, weights.green) };
      if (ListenerArns) return { Listeners: ListenerArns.map((arn) => (expect(arn).toBe("listener/main"), main)) };
      expect(LoadBalancerArn).toBe("lb/app");
      const preview = { ListenerArn: "listener/preview", DefaultActions: [{ Type: "fixed-response" }] };
      const redirect = { ListenerArn: "listener/80", DefaultActions: [{ Type: "redirect" }] };
      return { Listeners: [preview, redirect, main] };
    },
    DescribeRulesCommand: () => ({ Rules: rules }),
    DescribeTargetHealthCommand: ({ TargetGroupArn }) => {
      const color = TargetGroupArn.slice(3) as Color;
      const Id = (color === "blue" ? rest.stray : undefined) ?? `i-${color}`;
      const State = healthy[color] ?? "healthy";
      return { TargetHealthDescriptions: [{ Target: { Id }, TargetHealth: { State } }] };
    },
    ModifyListenerCommand: (input) => {
      modified.push(input);
      Object.assign(weights, wanted === "blue" ? { blue: 100, green: 0 } : { blue: 0, green: 100 });
      return {};
    },
  };
  const elb = new ElasticLoadBalancingV2Client({ region: "eu-central-1" });
  elb.send = ((command: { input: never }) =>
    Promise.resolve().then(() => answers[command.constructor.name](command.input))) as unknown as typeof elb.send;
  const autoScaling = new AutoScalingClient({ region: "eu-central-1" });
  const groups = "groups" in rest ? rest.groups : (["blue", "green"] as const);
  autoScaling.send = (command: { input: object }) =>
    Promise.resolve().then(() => {
      if (groups === undefined) throw new Error("no answer");
      expect(command.input).toMatchObject({
        Filters: [
          { Name: "tag:Project", Values: ["bluegreen"] },
          { Name: "tag:Environment", Values: [environment] },
        ],
      });
      const group = (color: Color, index: number) => ({
        AutoScalingGroupName: `app-${color}-group-${index}`,
        Tags: tags({ Color: color }),
        Instances: [{ InstanceId: `i-${color}`, LifecycleState: "InService" }],
        DesiredCapacity: 1,
      });
      return { AutoScalingGroups: groups.map(group) };
    });
  const ui = {
    mode: "lines",
    step: (_: string, __: string, run: (tell: object) => unknown) => run({ keep: (line: string) => said.push(line) }),
    say: (line: string) => said.push(line),
  };
  const stackRef = { stack: "acme/bluegreen/dev", folder: "/nowhere" };
  const { signal } = interruption;
  const session = {
    clients: { elb, autoScaling },
    project: "bluegreen",
    environment: "dev",
    stackRef,
    ui,
    interruption,
    signal,
  };
  const open = jest.fn(() => Promise.resolve(session));
  const context = { ui, open, interruption } as unknown as Context;
  current = { weights, interruption };
  const error: unknown = await direct(context, wanted ?? undefined, options).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  // The state's backend is down.
  expect(open).toHaveBeenCalledWith({ offline: true });
  return { modified, said, error };
}

const all = (to: Color) => ({
  ListenerArn: "listener/main",
  DefaultActions: [
    {
      Type: "forward",
      Order: 1,
      ForwardConfig: {
        TargetGroups: [
          { TargetGroupArn: "tg/blue", Weight: to === "blue" ? 100 : 0 },
          { TargetGroupArn: "tg/green", Weight: to === "green" ? 100 : 0 },
        ],
        TargetGroupStickinessConfig: stickiness,
      },
    },
  ],
});

test("one call gives the colour all requests; stickiness stays, and the way to reconcile is told", async () => {
  const { modified, said, error } = await attempt({});
  expect([modified, error]).toEqual([[all("blue")], undefined]);
  expect(said.join()).toMatch(
    /Pulumi\.dev\.yaml .* bluegreen rollback --to blue --stack acme\/bluegreen\/dev writes it down/,
  );
});

test("fails without a colour, before anything is asked, and shows both commands", async () => {
  const { modified, error } = await attempt({}, {}, null);
  expect(modified).toEqual([]);
  expect(locked).not.toHaveBeenCalled();
  expect(error).toMatchObject({
    code: "usage",
    message:
      "--direct needs --to: it asks neither the state nor the records, so it can't tell who served before. Give " +
      "bluegreen rollback --direct --to blue --stack acme/bluegreen/dev or " +
      "bluegreen rollback --direct --to green --stack acme/bluegreen/dev.",
  });
});

describe("given the colour has two fleets, since an update replaces one", () => {
  const groups: Color[] = ["blue", "green", "blue"];

  test("fails, names both, and changes nothing", async () => {
    const { modified, error } = await attempt({ groups });
    expect(modified).toEqual([]);
    expect(locked).not.toHaveBeenCalled();
    expect(error).toMatchObject({
      code: "refused",
      message: expect.stringMatching(
        /^blue runs app-blue-group-0 and app-blue-group-2: .* \(--to green\), or .* --override/,
      ) as unknown,
    });
  });

  test("when it is overridden, or the other colour is asked for, then it goes", async () => {
    expect((await attempt({ groups }, { override: "INC-42" })).modified).toEqual([all("blue")]);
    expect((await attempt({ groups }, {}, "green")).modified).toEqual([all("green")]);
  });
});

test("when Auto Scaling does not answer, then it says so and goes: a rollback does not wait for it", async () => {
  const { modified, said } = await attempt({ groups: undefined });
  expect(modified).toEqual([all("blue")]);
  expect(said.join()).toMatch(/Whether blue has one fleet or two, and whose its targets are, can't be told: no answer/);
});

describe("given a release that is under way", () => {
  const flipped = () => Object.assign(current.weights, { blue: 0, green: 100 });

  test("then the lock is taken before the call, and given back at the end", async () => {
    locked.mockImplementation(() => {
      expect(current.weights.blue).toBe(0);
      return Promise.resolve({ release } as never);
    });
    expect((await attempt({})).error).toBeUndefined();
    expect(locked.mock.calls[0][1]).toBe("rollback --direct --to blue");
    expect(release).toHaveBeenCalledTimes(1);
    expect(seconds).toBe(15);
  });

  test("when it can't be locked, then the call is made all the same", async () => {
    locked.mockResolvedValue(undefined);
    expect((await attempt({})).modified).toEqual([all("blue")]);
  });

  test("fails when another rollback has the lock, and changes nothing", async () => {
    locked.mockRejectedValue(new CliError("locked", "another rollback"));
    expect(await attempt({})).toMatchObject({ modified: [], error: { code: "locked" } });
  });

  test("when its update lands late, then the weights are put back, and watched for as long again", async () => {
    later.set(9, flipped);
    const { modified, said, error } = await attempt({});
    expect([modified, error]).toEqual([[all("blue"), all("blue")], undefined]);
    expect(said).toContain("somebody's update gave blue 0 %, green 100 %; blue has all requests again");
    expect(seconds).toBe(9 + 15);
  });

  test("fails when the weights are changed again and again, and says what they are", async () => {
    for (const second of [1, 2, 3, 4]) later.set(second, flipped);
    const { modified, error } = await attempt({});
    expect(modified).toHaveLength(4);
    expect(error).toMatchObject({
      code: "failed",
      message: expect.stringMatching(/now blue 0 %, green 100 %/) as string,
    });
    expect(release).toHaveBeenCalledTimes(1);
  });

  test("when another rollback takes the lock meanwhile, then its change stays", async () => {
    later.set(2, () => {
      flipped();
      current.interruption.abort(new CliError("failed", "another took over"));
    });
    const { modified, error } = await attempt({});
    expect(modified).toEqual([all("blue")]);
    expect(error).toMatchObject({ code: "failed", message: "another took over" });
  });

  test("given Ctrl-C while it watches, then the watching ends and the change stays", async () => {
    later.set(2, () => current.interruption.abort(new CliError("interrupted", "interrupted")));
    expect((await attempt({})).error).toMatchObject({
      code: "interrupted",
      message: "The listener is watched no longer. blue had all requests when it was seen last.",
    });
  });
});

test("given --to green, then green gets all requests", async () =>
  expect((await attempt({}, {}, "green")).modified).toEqual([all("green")]));

test("fails for a colour without a healthy target, unless it is overridden", async () => {
  const ill = { healthy: { blue: "unhealthy" } };
  const { modified, error } = await attempt(ill);
  expect(modified).toEqual([]);
  expect(error).toMatchObject({
    code: "refused",
    message: expect.stringMatching(/^blue has no healthy target.*--to.*--override/) as string,
  });
  expect((await attempt(ill, { override: "all is lost" })).modified).toEqual([all("blue")]);
});

describe("given a healthy target that somebody has registered by hand, and none of the fleet's own", () => {
  test("fails, and names it", async () => {
    const { modified, error } = await attempt({ stray: "i-stray" });
    expect(modified).toEqual([]);
    expect(error).toMatchObject({
      code: "refused",
      message: expect.stringMatching(
        /^blue has no healthy target of its own \(i-stray are in none of its groups\)/,
      ) as string,
    });
  });

  test("when Auto Scaling does not answer, then it counts", async () =>
    expect((await attempt({ stray: "i-stray", groups: undefined })).modified).toEqual([all("blue")]));
});

test("not past a rule of somebody else's, but with an override, and it says what it takes away", async () => {
  const rules = [{ Priority: "5", Conditions: [{ Field: "path-pattern", Values: ["/api"] }], Actions: [] }];
  const refused = await attempt({ rules });
  expect(refused.modified).toEqual([]);
  expect(refused.error).toMatchObject({
    code: "refused",
    message: expect.stringMatching(/also sends path-pattern \/api to a rule \(rule 5\).*--override/) as string,
  });
  const forced = await attempt({ rules }, { override: "all is lost" });
  expect(forced.modified).toEqual([all("blue")]);
  expect(forced.said.join()).toMatch(/other target groups lose it now \(all is lost\)/);
});

test("not where nothing carries the stack's tags", async () => {
  const { modified, error } = await attempt({ environment: "prod" });
  expect(modified).toEqual([]);
  expect(error).toMatchObject({
    code: "refused",
    message: expect.stringContaining("Project=bluegreen, Environment=dev") as string,
  });
});
