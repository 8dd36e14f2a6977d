import { processes } from "../../../packages/local-aws/ec2/processes.ts";
import { request } from "node:http";
import { Clock } from "../../../packages/local-aws/clock.ts";
import { MetricStore } from "../../../packages/local-aws/cloudwatch/metric-store.ts";
import { type DataPlane, dataPlane } from "../../../packages/local-aws/data-plane.ts";
import { Addresses } from "../../../packages/local-aws/elb/addresses.ts";
import { ElbMetrics } from "../../../packages/local-aws/elb/metrics.ts";
import { httpProbe } from "../../../packages/local-aws/elb/probe.ts";
import { eventually } from "./eventually.ts";
import { listener, targetGroup, targetGroupArn, topology } from "./elb/fixtures.ts";

// The whole data plane with real processes and real HTTP; only moto is left out.
const [blue, green] = [targetGroupArn("blue"), targetGroupArn("green")];
let addresses: Addresses;
let plane: DataPlane;
let draws: number[];
let store: MetricStore;

const port = 18_080;

async function route(weights: Record<string, number>): Promise<void> {
  const world = topology({ listeners: [listener("main", port, weights)] });
  plane.targets.apply(world);
  await plane.balancer.apply(world);
}

function get(path = "/version"): Promise<{ status: number; color: string; body: string }> {
  const url = plane.balancer.url(listener("main", port, {}).arn);
  return new Promise((resolve, reject) => {
    const call = request(`${url}${path}`, { agent: false }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => (body += text));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, color: String(response.headers["x-color"]), body }),
      );
    });
    call.once("error", reject).end();
  });
}

/** A subnet that a network ACL keeps one of the load balancer's out of. */
const shut = "s-shut";

async function start(id: string, color: string, behaviour: string, subnetId?: string): Promise<void> {
  await plane.instances.start({
    id,
    imageId: "ami-1",
    subnetId,
    privateIp: `10.9.0.${10 + plane.instances.list().length}`,
    userData: Buffer.from(`BLUEGREEN_COLOR=${color}\nBLUEGREEN_ENVIRONMENT=test`).toString("base64"),
    imageTags: { Version: "v1.0.0", Commit: "abc", "rehearsal:behaviour": behaviour },
  });
}

/** Requests so far by a metric of the load balancer, of one colour or of all. */
function counted(MetricName: string, group?: string): number {
  const Dimensions = [{ Name: "LoadBalancer", Value: "app/main/1" }];
  if (group) Dimensions.push({ Name: "TargetGroup", Value: `targetgroup/${group}/1` });
  const series = store.find({ Namespace: "AWS/ApplicationELB", MetricName, Dimensions });
  return series?.between(Date.now() - 600_000, Date.now() + 1000)?.sum ?? 0;
}

function stateOf(arn: string, id: string): string {
  return plane.targets.describe(arn, [{ id }])[0]?.state ?? "";
}

beforeAll(async () => {
  addresses = await Addresses.claim();
  draws = [];
  const clock = new Clock(50);
  store = new MetricStore(clock);
  plane = dataPlane({
    clock,
    metrics: new ElbMetrics(store),
    hardware: processes({ clock, log: () => undefined }),
    acls: { letThrough: (from, to) => !(from === "s-b" && to === shut) },
    addresses,
    certificate: () => {
      throw new Error("no HTTPS here");
    },
    draw: () => draws.shift() ?? 0,
    log: () => undefined,
  });
  await Promise.all([
    start("i-blue1", "blue", "good"),
    start("i-blue2", "blue", "good"),
    start("i-green", "green", "good"),
    start("i-sick", "green", "never-healthy"),
    start("i-shut", "blue", "good", shut),
  ]);
});

afterAll(() => {
  plane.end();
  addresses.close();
});

test("a target is unused until a listener names its group, then healthy by its own answers", async () => {
  plane.targets.apply(topology({ listeners: [] }));
  plane.targets.register(blue, [{ id: "i-blue1" }]);
  expect(stateOf(blue, "i-blue1")).toBe("unused");
  await route({ blue: 1, green: 0 });
  await eventually(() => stateOf(blue, "i-blue1") === "healthy");
  expect(await get()).toMatchObject({ status: 200, color: "blue" });
});

test("a target that a network ACL shuts off from the load balancer times out its checks, however well it is", async () => {
  plane.targets.register(blue, [{ id: "i-shut" }]);
  await eventually(() => stateOf(blue, "i-shut") === "unhealthy");
  expect(plane.targets.describe(blue, [{ id: "i-shut" }])[0]).toMatchObject({ reason: "Target.Timeout" });
  await plane.targets.deregister(blue, [{ id: "i-shut" }]);
});

test("counts a request for the load balancer and for the target group that got it", async () => {
  const before = counted("RequestCount");
  await get();
  await get("/readyz");
  expect(counted("RequestCount") - before).toBe(2);
  expect(counted("RequestCount", "blue")).toBe(counted("RequestCount"));
  expect(counted("HTTPCode_Target_2XX_Count", "blue")).toBe(counted("RequestCount"));
  expect(counted("TargetResponseTime", "blue")).toBeGreaterThan(0);
  expect(counted("RequestCount", "green") + counted("HTTPCode_Target_5XX_Count")).toBe(0);
});

test("given no target, then it answers 503; given none that is healthy, then it fails open", async () => {
  await route({ green: 1 });
  const before = counted("RequestCount");
  expect(await get()).toMatchObject({ status: 503 });
  // Nobody was chosen, so it is no request of a target group's: only the load balancer's own answer counts.
  expect([counted("HTTPCode_ELB_503_Count"), counted("HTTPCode_ELB_5XX_Count")]).toEqual([1, 1]);
  expect(counted("RequestCount") - before).toBe(0);
  plane.targets.register(green, [{ id: "i-sick" }]);
  await eventually(() => stateOf(green, "i-sick") === "unhealthy");
  expect(await get()).toMatchObject({ status: 200, color: "green" });
  await plane.targets.deregister(green, [{ id: "i-sick" }]);
});

test("splits by weight, and a change of weights takes effect with the next request", async () => {
  await route({ blue: 90, green: 10 });
  plane.targets.register(green, [{ id: "i-green" }]);
  await eventually(() => stateOf(green, "i-green") === "healthy");
  draws = [0.5, 0.95, 0.1];
  const colors = [await get(), await get(), await get()].map(({ color }) => color);
  expect(colors).toEqual(["blue", "green", "blue"]);
  await route({ blue: 0, green: 100 });
  draws = [0.5];
  expect(await get()).toMatchObject({ color: "green" });
});

test("a deregistered target drains: no new request, then it is gone", async () => {
  await route({ blue: 1, green: 0 });
  plane.targets.register(blue, [{ id: "i-blue2" }]);
  await eventually(() => stateOf(blue, "i-blue2") === "healthy");
  const gone = plane.targets.deregister(blue, [{ id: "i-blue1" }]);
  expect(stateOf(blue, "i-blue1")).toBe("draining");
  const ids = await Promise.all([get(), get(), get()]);
  expect(ids.every(({ body }) => body.includes("i-blue2"))).toBe(true);
  await gone;
  expect(plane.targets.describe(blue).map(({ id }) => id)).toEqual(["i-blue2"]);
});

test("a machine that died gives 502, then it is unhealthy", async () => {
  expect(plane.instances.kill("i-blue2")).toBe(true);
  await eventually(async () => (await get()).status === 502);
  expect(counted("HTTPCode_ELB_502_Count")).toBeGreaterThan(0);
  expect(counted("HTTPCode_Target_5XX_Count", "blue")).toBe(0);
  // The first failure may be a kept connection that broke; a new one is refused.
  await eventually(async () => (await get(), counted("TargetConnectionErrorCount", "blue") > 0));
  await eventually(() => stateOf(blue, "i-blue2") === "unhealthy");
  expect(plane.instances.get("i-blue2")?.machine).toMatchObject({ dead: true, pid: undefined });
});

test("a machine that is shut down goes on serving for a while, not ready any more", async () => {
  await route({ green: 1 });
  const address = plane.instances.addressOf("i-green", 3000);
  plane.instances.shutDown("i-green", "terminated");
  const check = { ...targetGroup("green").healthCheck, matcher: "503" };
  await eventually(async () => (await httpProbe(address, check, 1000)).ok);
  await eventually(() => plane.instances.get("i-green")?.machine.pid === undefined);
});
