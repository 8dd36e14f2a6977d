import { office, runProgram, start, v1, v2, type Setting } from "./whole-program.ts";
import { stackOutputs } from "../deployment/stack-outputs.ts";
import { fleetPartName, fleetParts, listenerName, releasesTableName } from "../deployment/names.ts";
import { byColor, colors, other } from "../deployment/model.ts";

test("given the whole program, then the resources that the commands look for have the names that they look for", async () => {
  const { resources } = await runProgram("dev", { ...office, ...start });
  const names = resources.map(({ name }) => name);
  const parts = colors.flatMap((color) => fleetParts.map((part) => fleetPartName(color, part)));
  expect(names).toEqual(expect.arrayContaining([listenerName, ...parts, releasesTableName("bluegreen-dev")]));
});

describe("outputs", () => {
  test("tell who serves, what runs, how to try the standby and whether a rollback is ready", async () => {
    const { outputs } = await runProgram("dev", { ...office, ...start, activeColor: "green" });
    expect(outputs).toMatchObject({
      activeColor: "green",
      weights: { blue: 0, green: 100 },
      images: { blue: v1, green: v2 },
      listenerArn: "arn:app-listener",
      previewUrl: "http://alb.example:9090",
      previewUsage: 'curl -H "X-Bluegreen-Preview: blue" http://alb.example:9090/version',
      rollbackReady: { ready: true },
      fleets: byColor((color) => ({ groupName: `app-${color}-group-1234567`, capacity: { minSize: 1, maxSize: 2 } })),
    });
  });

  test("are what the schema says, and nothing beside it", async () => {
    const { outputs } = await runProgram("dev", { ...office, ...start });
    expect(stackOutputs.parse(outputs)).toEqual(outputs);
  });

  test("tell the release commands where their records are, whom to tell, and what to watch", async () => {
    const { outputs, resources } = await runProgram("dev", { ...office, ...start });
    const generated = (name: string) => `bluegreen-dev-${name}-1234567`;
    const parts = ["errors", "p95", "p99", "unhealthy", "connections"];
    expect(outputs).toMatchObject({
      releases: { tableName: generated("releases") },
      notifications: { topicArn: "arn:aws:sns:eu-central-1:111111111111:bluegreen-dev-1234567" },
      alarms: {
        ...byColor((color) => ({
          composite: `${generated("alb")}-${color}`,
          parts: parts.map((part) => generated(`${color}-${part}`)),
        })),
        loadBalancer: [generated("rejected"), generated("gateway")],
      },
      logGroups: { blue: "/bluegreen/dev/blue", green: "/bluegreen/dev/green", jobs: "/bluegreen/dev/jobs" },
      jobs: { instanceProfileArn: "arn:instances-jobs-profile" },
      dashboard: {
        name: generated("alb"),
        url: `https://eu-central-1.console.aws.amazon.com/cloudwatch/home?region=eu-central-1#dashboards/dashboard/${generated("alb")}`,
      },
    });
    const named = resources.filter(({ type }) => /:(MetricAlarm|CompositeAlarm)$/.test(type));
    expect(named).toHaveLength(2 * (parts.length + 1) + 2);
  });

  test.each<[string, Partial<Setting>, RegExp]>([
    ["the standby is off", { standby: "off" }, /off/],
    ["both run one image", { greenAmi: v1 }, /same image/],
  ])("rollbackReady says why not: %s", async (_, settings, reason) => {
    const { outputs } = await runProgram("dev", { ...office, ...start, ...settings });
    expect(outputs.rollbackReady).toMatchObject({ ready: false, reason: expect.stringMatching(reason) as string });
    expect(other("blue")).toBe("green");
  });
});
