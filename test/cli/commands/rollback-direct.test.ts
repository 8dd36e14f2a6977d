import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Context } from "../../../cli/commands/context.ts";
import { direct, directTarget } from "../../../cli/commands/rollback-direct.ts";
import type { RollbackOptions } from "../../../cli/commands/rollback.ts";
import type { Color } from "../../../components/traffic.ts";

test.each([
  [{ blue: 100, green: 0 }, "green"],
  [{ blue: 0, green: 100 }, "blue"],
  [{ blue: 90, green: 10 }, "blue"],
  [{ blue: 40, green: 60 }, "green"],
] as const)("of %j all goes to %s", (weights, to) => expect(directTarget(weights)).toBe(to));

interface World {
  blue?: number;
  green?: number;
  healthy?: Partial<Record<Color, string>>;
  environment?: string;
}

const stickiness = { Enabled: false, DurationSeconds: 86_400 };
const forward = (blue: number, green: number) => [
  {
    ...{ Type: "forward", Order: 1 },
    ForwardConfig: {
      TargetGroups: [
        { TargetGroupArn: "tg/green", Weight: green },
        { TargetGroupArn: "tg/blue", Weight: blue },
      ],
      TargetGroupStickinessConfig: stickiness,
    },
  },
];

/** Goes back in an account that holds another stack, too; tells what was changed, and what was said. */
async function attempt(
  { blue = 0, green = 100, healthy = {}, environment = "dev" }: World,
  options: RollbackOptions = {},
  wanted?: Color,
) {
  const modified: object[] = [];
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
    DescribeListenersCommand: ({ LoadBalancerArn }) => {
      expect(LoadBalancerArn).toBe("lb/app");
      const preview = { ListenerArn: "listener/preview", DefaultActions: [{ Type: "fixed-response" }] };
      const redirect = { ListenerArn: "listener/80", DefaultActions: [{ Type: "redirect" }] };
      return { Listeners: [preview, redirect, { ListenerArn: "listener/main", DefaultActions: forward(blue, green) }] };
    },
    DescribeTargetHealthCommand: ({ TargetGroupArn }) => {
      const State = healthy[TargetGroupArn.slice(3) as Color] ?? "healthy";
      return { TargetHealthDescriptions: [{ Target: { Id: "i-1" }, TargetHealth: { State } }] };
    },
    ModifyListenerCommand: (input) => (modified.push(input), {}),
  };
  const elb = new ElasticLoadBalancingV2Client({ region: "eu-central-1" });
  elb.send = ((command: { input: never }) =>
    Promise.resolve().then(() => answers[command.constructor.name](command.input))) as unknown as typeof elb.send;
  const ui = {
    mode: "lines",
    step: (_: string, __: string, run: () => unknown) => run(),
    say: (line: string) => said.push(line),
  };
  const place = { stack: "acme/bluegreen/dev", folder: "/nowhere" };
  const session = { clients: { elb }, project: "bluegreen", environment: "dev", place, ui };
  const open = jest.fn(() => Promise.resolve(session));
  const context = { ui, open, interruption: new AbortController() } as unknown as Context;
  const error: unknown = await direct(context, wanted, options).then(
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
      ...{ Type: "forward", Order: 1 },
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

test("one call gives the other colour all requests; stickiness stays, and the way to reconcile is told", async () => {
  const { modified, said, error } = await attempt({});
  expect([modified, error]).toEqual([[all("blue")], undefined]);
  expect(said.join()).toMatch(
    /Pulumi\.dev\.yaml .* bluegreen rollback --to blue --stack acme\/bluegreen\/dev writes it down/,
  );
});

test("who is named gets them", async () => expect((await attempt({}, {}, "green")).modified).toEqual([all("green")]));

test("not to a colour that has no healthy target, but for the worst night", async () => {
  const ill = { healthy: { blue: "unhealthy" } };
  const { modified, error } = await attempt(ill);
  expect(modified).toEqual([]);
  expect(error).toMatchObject({
    code: "refused",
    message: expect.stringMatching(/^blue has no healthy target.*--to.*--override/) as string,
  });
  expect((await attempt(ill, { override: "all is lost" })).modified).toEqual([all("blue")]);
});

test("not where nothing carries the stack's tags", async () => {
  const { modified, error } = await attempt({ environment: "prod" });
  expect(modified).toEqual([]);
  expect(error).toMatchObject({
    code: "refused",
    message: expect.stringContaining("Project=bluegreen, Environment=dev") as string,
  });
});
