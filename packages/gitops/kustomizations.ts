import { imageOf, type Manifest } from "./manifests.ts";
import type { Releases } from "./releases.ts";
import { type Environment, namespaceOf, REGISTRY, type Service } from "./services.ts";

const header = { apiVersion: "kustomize.config.k8s.io/v1beta1", kind: "Kustomization" };

/** Milliseconds' work of a pod's end, as packages/app/kubernetes/config-map.yaml has it: endpoints follow /readyz within seconds. */
const SHUTDOWN = ["SHUTDOWN_DELAY=10", "SHUTDOWN_TIMEOUT=15"];

/** What all environments of a service share. */
export function baseOf({ name, calls }: Service, files: readonly string[]): Manifest {
  const urls = calls.map((called) => `${called.toUpperCase().replaceAll("-", "_")}_URL=http://${called}`);
  return {
    ...header,
    resources: [...files],
    // Its name ends with a hash of what it says: a changed setting rolls the pods.
    configMapGenerator: [{ name, literals: [...SHUTDOWN, ...urls] }],
    labels: [{ pairs: { "app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "shop" } }],
  };
}

/** What an environment decides: the namespace, the image by its digest, and the size. */
export function overlayOf({ name }: Service, environment: Environment, releases: Releases): Manifest {
  const { version, digest } = releases[environment.name][name];
  const size = [
    { op: "replace", path: "/spec/minReplicas", value: environment.minReplicas },
    { op: "replace", path: "/spec/maxReplicas", value: environment.maxReplicas },
  ];
  return {
    ...header,
    namespace: namespaceOf(environment),
    resources: ["../../base"],
    images: [{ name: imageOf(name), newName: `${REGISTRY}/${name}`, digest }],
    configMapGenerator: [{ name, behavior: "merge", literals: [`BLUEGREEN_ENVIRONMENT=${environment.name}`] }],
    labels: [{ pairs: { "app.kubernetes.io/version": version }, includeTemplates: true }],
    patches: [
      {
        target: { kind: "HorizontalPodAutoscaler", name },
        patch: JSON.stringify(size),
      },
    ],
  };
}
