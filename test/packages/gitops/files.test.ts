import path from "node:path";
import { parse } from "yaml";
import { buildable, generatedFiles, outdated } from "../../../packages/gitops/files.ts";
import { readReleases, withRelease } from "../../../packages/gitops/releases.ts";
import { environments, FOLDER, services } from "../../../packages/gitops/services.ts";

const committed = path.join(import.meta.dirname, "../../..", FOLDER);
const files = generatedFiles(readReleases());
const read = <T>(file: string): T => parse(files.get(file) ?? "null") as T;

interface Peer {
  ipBlock?: { cidr: string };
  podSelector?: { matchLabels: Record<string, string> };
}
interface Policy {
  spec: { ingress: { from: Peer[] }[]; egress: { to?: Peer[]; ports: { port: number | string }[] }[] };
}
const policyOf = (service: string) => read<Policy>(`services/${service}/base/network-policy.yaml`).spec;
const podsIn = (peers: Peer[] = []) =>
  peers.flatMap(({ podSelector }) => podSelector?.matchLabels["app.kubernetes.io/name"] ?? []);

test("what is committed is what is generated (npm run gitops)", async () =>
  expect(await outdated(files, committed)).toEqual([]));

test("fails where a file is missing, another one, or one too many", async () => {
  const changed = new Map(files).set("argocd/project.yaml", "another").set("new.yaml", "");
  changed.delete("argocd/namespace-dev.yaml");
  expect(await outdated(changed, committed)).toEqual(
    ["argocd/namespace-dev.yaml", "argocd/project.yaml", "new.yaml"].sort(),
  );
});

test("each of the four services has a base, three overlays and three Applications of its own", () => {
  expect(services.map(({ name }) => name)).toEqual([
    "api-gateway",
    "user-service",
    "order-service",
    "notification-service",
  ]);
  for (const { name } of services) {
    expect(buildable(files)).toContain(`services/${name}/base`);
    for (const environment of environments) {
      expect(buildable(files)).toContain(`services/${name}/overlays/${environment.name}`);
      const { spec } = read<{ spec: { source: { path: string }; destination: { namespace: string } } }>(
        `argocd/${name}-${environment.name}.yaml`,
      );
      expect(spec.source.path).toBe(`packages/gitops/deploy/services/${name}/overlays/${environment.name}`);
      expect(spec.destination.namespace).toBe(`shop-${environment.name}`);
    }
  }
});

test.each([
  ["dev", "main", { prune: true, selfHeal: true }],
  ["staging", "main", { prune: true, selfHeal: true }],
  ["prod", "production", { prune: false, selfHeal: false }],
])("given %s, then Argo CD follows %s, with %j", (environment, branch, automated) => {
  for (const { name } of services) {
    const { spec } = read<{ spec: { source: { targetRevision: string }; syncPolicy: { automated: object } } }>(
      `argocd/${name}-${environment}.yaml`,
    );
    expect(spec.source.targetRevision).toBe(branch);
    expect(spec.syncPolicy.automated).toEqual(automated);
  }
});

test("the project lets in these namespaces alone, and nothing of the cluster", () => {
  const { spec } = read<{ spec: Record<string, unknown[]> }>("argocd/project.yaml");
  expect(spec.destinations.map((one) => (one as { namespace: string }).namespace)).toEqual([
    "shop-dev",
    "shop-staging",
    "shop-prod",
  ]);
  expect(spec.clusterResourceWhitelist).toEqual([]);
  expect(spec.sourceRepos).toHaveLength(1);
});

test("the load balancer reaches the gateway alone, and each service who it calls alone", () => {
  for (const { name, isPublic, calls } of services) {
    const { ingress, egress } = policyOf(name);
    expect(ingress.some(({ from }) => from.some(({ ipBlock }) => ipBlock !== undefined))).toBe(isPublic);
    expect(ingress.every(({ from }) => from.length > 0)).toBe(true);
    expect(egress.flatMap(({ to }) => podsIn(to)).sort()).toEqual([...calls].sort());
  }
  expect(policyOf("user-service").ingress.flatMap(({ from }) => podsIn(from))).toEqual([
    "api-gateway",
    "order-service",
  ]);
});

test("EKS Pod Identity is reached on port 80, and Redis by those that use it", () => {
  for (const { name, usesRedis } of services) {
    const { egress } = policyOf(name);
    const identity = egress.find(({ to }) => to?.some(({ ipBlock }) => ipBlock?.cidr === "169.254.170.23/32"));
    expect(identity?.ports).toEqual([{ port: 80, protocol: "TCP" }]);
    expect(egress.some(({ ports }) => ports.some(({ port }) => port === 6379))).toBe(usesRedis);
  }
});

test("no image goes by a tag that can move, and no colour is left of the reference", () => {
  for (const [file, text] of files) {
    expect([file, /color|:latest|newTag/.test(text)]).toEqual([file, false]);
    const images = [...text.matchAll(/image: (\S+)/g)].map(([, image]) => image);
    expect(images.every((image) => /@sha256:[0-9a-f]{64}$/.test(image))).toBe(true);
  }
});

test("given one service's release, then one overlay is another", () => {
  const digest = `sha256:${"a".repeat(64)}`;
  const releases = withRelease(readReleases(), {
    service: "order-service",
    environment: "dev",
    version: "v1.2.3",
    digest,
  });
  const after = generatedFiles(releases);
  expect([...after].filter(([file, text]) => files.get(file) !== text).map(([file]) => file)).toEqual([
    path.posix.join("services/order-service/overlays/dev/kustomization.yaml"),
  ]);
  expect(after.get("services/order-service/overlays/dev/kustomization.yaml")).toContain(digest);
});

test("the canary's verdict compares it with the stable pods, and needs Prometheus to reach them", () => {
  const { spec } = read<{
    spec: { metrics: { successCondition: string; provider: { prometheus: { query: string } } }[] };
  }>("examples/canary/api-gateway/analysis-template.yaml");
  const [{ successCondition, provider }] = spec.metrics;
  expect(provider.prometheus.query).toMatch(/args\.canary.* - .*args\.stable/);
  expect(successCondition).toContain("result[0] < 0.01");
  expect(files.get("examples/canary/api-gateway/metrics-policy.yaml")).toContain("monitoring");
});
