import type { Manifest } from "./manifests.ts";
import { type Environment, environments, FOLDER, namespaceOf, PROJECT, REPOSITORY, type Service } from "./services.ts";

const CLUSTER = "https://kubernetes.default.svc";
const apiVersion = "argoproj.io/v1alpha1";

/** Kinds that the services are made of; nothing else is let in, and nothing that belongs to the cluster. */
const KINDS = [
  ["", "ConfigMap"],
  ["", "Service"],
  ["", "ServiceAccount"],
  ["apps", "Deployment"],
  ["autoscaling", "HorizontalPodAutoscaler"],
  ["policy", "PodDisruptionBudget"],
  ["networking.k8s.io", "NetworkPolicy"],
  ["argoproj.io", "Rollout"],
  ["argoproj.io", "AnalysisTemplate"],
];

/** Argo CD's fence: this repository alone, these namespaces alone, these kinds alone. */
export function appProject(): Manifest {
  return {
    apiVersion,
    kind: "AppProject",
    metadata: { name: PROJECT, namespace: "argocd" },
    spec: {
      description: "The shop's services in dev, staging and prod",
      sourceRepos: [REPOSITORY],
      destinations: environments.map((environment) => ({ server: CLUSTER, namespace: namespaceOf(environment) })),
      clusterResourceWhitelist: [],
      namespaceResourceWhitelist: KINDS.map(([group, kind]) => ({ group, kind })),
      orphanedResources: { warn: true },
    },
  };
}

/**
 * One service in one environment. dev and staging are what main says, always: what is gone there goes, what was changed by hand is
 * put back. prod is what was merged into `production` by a pull request; nothing is deleted there and nothing put back without a
 * person, so that a step of an incident is not undone behind somebody's back.
 */
export function application({ name }: Service, environment: Environment): Manifest {
  const { branch, repairs } = environment;
  return {
    apiVersion,
    kind: "Application",
    metadata: { name: `${name}-${environment.name}`, namespace: "argocd" },
    spec: {
      project: PROJECT,
      source: {
        repoURL: REPOSITORY,
        targetRevision: branch,
        path: `${FOLDER}/services/${name}/overlays/${environment.name}`,
      },
      destination: { server: CLUSTER, namespace: namespaceOf(environment) },
      syncPolicy: {
        automated: { prune: repairs, selfHeal: repairs },
        // What is deleted goes after what takes its place is well.
        syncOptions: ["PruneLast=true", "ApplyOutOfSyncOnly=true"],
        retry: { limit: 5, backoff: { duration: "10s", factor: 2, maxDuration: "3m" } },
      },
      revisionHistoryLimit: 10,
    },
  };
}

/** The environment's namespace, which takes no pod with more rights than the services need. */
export function namespace(environment: Environment): Manifest {
  const labels = Object.fromEntries(
    ["enforce", "warn", "audit"].map((mode) => [`pod-security.kubernetes.io/${mode}`, "restricted"]),
  );
  return { apiVersion: "v1", kind: "Namespace", metadata: { name: namespaceOf(environment), labels } };
}
