import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { stringify } from "yaml";
import { appProject, application, namespace } from "./argo.ts";
import { baseOf, overlayOf } from "./kustomizations.ts";
import { manifestsOf, type Manifest } from "./manifests.ts";
import type { Releases } from "./releases.ts";
import { analysisTemplate, canaryKustomization, metricsPolicy, rollout } from "./rollout.ts";
import { environments, namespaceOf, services } from "./services.ts";

/** The service of the example, and the environment that it builds on. */
const CANARY = "api-gateway";

const NOTE = "# Made by `npm run gitops` from packages/app/kubernetes and packages/gitops/: change it there.\n";

/** Every generated file by its path below the folder, as text. */
export function generatedFiles(releases: Releases): Map<string, string> {
  const files = new Map<string, string>();
  const add = (file: string, manifest: Manifest) =>
    files.set(file, NOTE + stringify(manifest, { lineWidth: 0, aliasDuplicateObjects: false }));
  for (const service of services) {
    const folder = `services/${service.name}`;
    const manifests = manifestsOf(service);
    for (const [file, manifest] of Object.entries(manifests)) add(`${folder}/base/${file}`, manifest);
    add(`${folder}/base/kustomization.yaml`, baseOf(service, Object.keys(manifests)));
    for (const environment of environments)
      add(`${folder}/overlays/${environment.name}/kustomization.yaml`, overlayOf(service, environment, releases));
  }
  const argo = new Map<string, Manifest>([["project.yaml", appProject()]]);
  for (const environment of environments) {
    argo.set(`namespace-${environment.name}.yaml`, namespace(environment));
    for (const service of services)
      argo.set(`${service.name}-${environment.name}.yaml`, application(service, environment));
  }
  for (const [file, manifest] of argo) add(`argocd/${file}`, manifest);
  add("argocd/kustomization.yaml", {
    apiVersion: "kustomize.config.k8s.io/v1beta1",
    kind: "Kustomization",
    resources: [...argo.keys()],
  });
  const example = `examples/canary/${CANARY}`;
  add(`${example}/rollout.yaml`, rollout(CANARY));
  add(`${example}/analysis-template.yaml`, analysisTemplate());
  add(`${example}/metrics-policy.yaml`, metricsPolicy(CANARY));
  add(`${example}/kustomization.yaml`, canaryKustomization(CANARY, namespaceOf({ name: "prod" })));
  return files;
}

/** Folders that kustomize can build, below the generated one. */
export const buildable = (files: ReadonlyMap<string, string>): string[] =>
  [...files.keys()]
    .filter((file) => file.endsWith("/kustomization.yaml"))
    .map((file) => file.slice(0, -"/kustomization.yaml".length));

/** Where the folder is not what would be generated. */
export async function outdated(files: ReadonlyMap<string, string>, folder: string): Promise<string[]> {
  const there = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
  const strange = there.filter((file) => !files.has(file));
  const others = [...files].map(async ([file, text]) => {
    const found = await readFile(path.join(folder, file), "utf8").catch(() => undefined);
    return found === text ? [] : [file];
  });
  return [...strange, ...(await Promise.all(others)).flat()].sort();
}
