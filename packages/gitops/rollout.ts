import type { Manifest } from "./manifests.ts";

const apiVersion = "argoproj.io/v1alpha1";
const template = "errors-beside-stable";

/** Share of 5xx answers of the canary above the stable pods' at which it goes back. */
const ERROR_POINTS = 0.01;

/**
 * A canary by Argo Rollouts, as an example: a tenth, a quarter, a half, each watched for five minutes. It takes the pods' template
 * from the service's own Deployment, whose pods go once the Rollout's are there.
 */
export function rollout(service: string): Manifest {
  const hash = (name: string, of: string) => ({ name, valueFrom: { podTemplateHashValue: of } });
  const shares = [10, 25, 50].flatMap((share): Manifest[] => [{ setWeight: share }, { pause: { duration: "5m" } }]);
  return {
    apiVersion,
    kind: "Rollout",
    metadata: { name: service },
    spec: {
      // As many as the HorizontalPodAutoscaler begins with; later it decides.
      replicas: 3,
      workloadRef: { apiVersion: "apps/v1", kind: "Deployment", name: service, scaleDown: "onsuccess" },
      selector: { matchLabels: { "app.kubernetes.io/name": service } },
      revisionHistoryLimit: 3,
      strategy: {
        canary: {
          maxSurge: 1,
          maxUnavailable: 0,
          steps: shares,
          analysis: {
            templates: [{ templateName: template }],
            startingStep: 1,
            args: [{ name: "service", value: service }, hash("canary", "Latest"), hash("stable", "Stable")],
          },
        },
      },
    },
  };
}

/**
 * The verdict: the canary's share of errors beside the stable pods', by the services' own counters. What fails on both alike, such
 * as a backing service that is away, sends nothing back.
 */
export function analysisTemplate(): Manifest {
  const rate = (of: string, errors: boolean) =>
    `sum(rate(http_requests_total{pod=~"{{args.service}}-{{args.${of}}}-.*"${errors ? ',code=~"5.."' : ""}}[2m]))`;
  const share = (of: string) => `((${rate(of, true)} or vector(0)) / ${rate(of, false)})`;
  return {
    apiVersion,
    kind: "AnalysisTemplate",
    metadata: { name: template },
    spec: {
      args: ["service", "canary", "stable"].map((name) => ({ name })),
      metrics: [
        {
          name: template,
          interval: "1m",
          initialDelay: "2m",
          // One bad minute may be chance.
          failureLimit: 1,
          // Without requests there is no share: neither good nor bad.
          successCondition: `len(result) == 0 || isNaN(result[0]) || result[0] < ${ERROR_POINTS}`,
          provider: {
            prometheus: {
              address: "http://prometheus.monitoring:9090",
              query: `${share("canary")} - ${share("stable")}`,
            },
          },
        },
      ],
    },
  };
}

/** Prometheus may read the counters: the service's own policy lets nobody in but who calls it. */
export function metricsPolicy(service: string): Manifest {
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: `${service}-metrics` },
    spec: {
      podSelector: { matchLabels: { "app.kubernetes.io/name": service } },
      policyTypes: ["Ingress"],
      ingress: [
        {
          from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } }],
          ports: [{ port: "http", protocol: "TCP" }],
        },
      ],
    },
  };
}

/** What packages/app/kubernetes/deployment.yaml has reasons for. */
const borne = ["container-resources", "container-image-pull-policy", "deployment-has-host-podantiaffinity"];

/** kube-score knows no Rollout: to it the autoscaler has no target, and the Deployment, which is scaled down, no autoscaler. */
const ignored = (tests: string) => ({
  op: "add",
  path: "/metadata/annotations",
  value: { "kube-score/ignore": tests },
});

/** The Rollout instead of the plain Deployment, over what prod has. */
export function canaryKustomization(service: string, namespace: string): Manifest {
  return {
    apiVersion: "kustomize.config.k8s.io/v1beta1",
    kind: "Kustomization",
    namespace,
    resources: [
      `../../../services/${service}/overlays/prod`,
      "rollout.yaml",
      "analysis-template.yaml",
      "metrics-policy.yaml",
    ],
    patches: [
      {
        target: { kind: "HorizontalPodAutoscaler", name: service },
        patch: JSON.stringify([
          { op: "replace", path: "/spec/scaleTargetRef", value: { apiVersion, kind: "Rollout", name: service } },
          ignored("horizontalpodautoscaler-has-target"),
        ]),
      },
      {
        target: { kind: "Deployment", name: service },
        patch: JSON.stringify([ignored([...borne, "deployment-replicas"].join(","))]),
      },
    ],
  };
}
