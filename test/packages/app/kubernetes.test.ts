import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";

const app = path.join(import.meta.dirname, "../../../packages/app");
const read = <T>(file: string): T => parse(readFileSync(path.join(app, "kubernetes", file), "utf8")) as T;

interface Probe {
  httpGet: { path: string };
  timeoutSeconds: number;
}
interface Pod {
  spec: { template: { spec: { containers: { readinessProbe: Probe; livenessProbe: Probe; image: string }[] } } };
}

test("given Redis away, then no pod is restarted, and none is taken out that has been ready: the probes ask what says so", () => {
  const [{ readinessProbe, livenessProbe }] = read<Pod>("deployment.yaml").spec.template.spec.containers;
  // /readyz stays 200 while degraded (readiness.test.ts), and /healthz asks no backing service.
  expect(readinessProbe.httpGet.path).toBe("/readyz");
  expect(livenessProbe.httpGet.path).toBe("/healthz");
  const [, limit] = /const LIMIT = ([\d_]+);/.exec(readFileSync(path.join(app, "src/readiness.ts"), "utf8")) ?? [];
  expect(readinessProbe.timeoutSeconds * 1000).toBeGreaterThan(Number(limit.replace("_", "")));
});

test("scales from 3 to 10 pods, by 70 % of the CPU and 80 % of the memory", () => {
  const { spec } = read<{ spec: { minReplicas: number; maxReplicas: number; metrics: unknown[] } }>(
    "horizontal-pod-autoscaler.yaml",
  );
  expect([spec.minReplicas, spec.maxReplicas]).toEqual([3, 10]);
  const of = (name: string, averageUtilization: number) => ({
    type: "Resource",
    resource: { name, target: { type: "Utilization", averageUtilization } },
  });
  expect(spec.metrics).toEqual([of("cpu", 70), of("memory", 80)]);
});

test("lets in the load balancer's subnets alone, and out to EKS Pod Identity on port 80", () => {
  type Rule = {
    from?: { ipBlock?: { cidr: string } }[];
    to?: { ipBlock?: { cidr: string } }[];
    ports: { port: unknown }[];
  };
  const { spec } = read<{ spec: { ingress: Rule[]; egress: Rule[] } }>("network-policy.yaml");
  expect(spec.ingress.flatMap(({ from = [{}] }) => from.map(({ ipBlock }) => ipBlock?.cidr)).every(Boolean)).toBe(true);
  const identity = spec.egress.find(({ to }) => to?.some(({ ipBlock }) => ipBlock?.cidr === "169.254.170.23/32"));
  expect(identity?.ports).toEqual([{ port: 80, protocol: "TCP" }]);
});

describe("the container", () => {
  const lines = readFileSync(path.join(app, "Dockerfile"), "utf8").split("\n");

  test("stands on Debian 13, by digest, in each stage", () => {
    const bases = lines.filter((line) => line.startsWith("FROM "));
    expect(bases).toHaveLength(2);
    for (const base of bases) expect(base).toMatch(/(trixie|debian13)\S*@sha256:[0-9a-f]{64}/);
  });

  test("is built from files that its ignore file lets through", () => {
    const ignored = readFileSync(path.join(app, "Dockerfile.dockerignore"), "utf8").split("\n");
    const let_ = ignored.filter((line) => line.startsWith("!")).map((line) => line.slice(1));
    const sources = lines
      .filter((line) => /^COPY (?!--from)/.test(line))
      .flatMap((line) => line.split(" ").slice(1, -1));
    expect(sources.length).toBeGreaterThan(3);
    for (const source of sources)
      expect([source, let_.some((one) => `${source}/`.startsWith(`${one}/`))]).toEqual([source, true]);
  });
});
