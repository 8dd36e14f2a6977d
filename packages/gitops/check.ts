import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { AppProject, Application } from "@kubernetes-models/argo-cd/argoproj.io/v1alpha1";
import { AnalysisTemplate, Rollout } from "@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1";
import { parseAllDocuments, stringify } from "yaml";
import { findBuilt, KUBE_SCORE, KUSTOMIZE } from "../../tools/kubernetes.ts";
import { findLinters } from "../../tools/linters.ts";
import { run } from "../../tools/run.ts";
import type { Progress } from "../../tools/sources.ts";

/** The Kubernetes whose rules are checked: the oldest that EKS has in standard support, so that a newer one takes it, too. */
const KUBERNETES = "1.34.0";

/** Checks what kustomize makes of a folder; rejects with what is wrong. */
export interface ManifestChecks {
  /** @returns the rendered documents, as YAML */
  render(folder: string): Promise<string>;
  /** By Kubernetes' own schemas, strictly: also a field that is spelt wrong is a fault. */
  validate(manifests: string): Promise<void>;
  /** By kube-score: what a manifest lacks on a bad day. A finding that is borne has its reason beside the annotation. */
  score(manifests: string): Promise<void>;
}

/** Finds or makes the three programs; the first time takes some minutes. */
export async function manifestChecks(progress: Progress): Promise<ManifestChecks> {
  const [kustomize, kubeScore] = [await findBuilt(KUSTOMIZE, progress), await findBuilt(KUBE_SCORE, progress)];
  const { kubernetesValidate } = await findLinters(progress);
  return {
    render: (folder) => run(kustomize, ["build", folder]),
    async validate(manifests) {
      const [argo, others] = split(manifests);
      argo.forEach(validateArgo);
      if (others.length === 0) return;
      await asFile(others.map((one) => stringify(one)).join("---\n"), async (file) => {
        const [command, ...args] = kubernetesValidate;
        await run(command, [...args, "--strict", "--quiet", "--kubernetes-version", KUBERNETES, file]);
      });
    },
    score: (manifests) =>
      asFile(manifests, async (file) => {
        const version = `v${KUBERNETES.replace(/\.\d+$/, "")}`;
        // Its own form for people tells the faults alone, which the form for CI lists in the middle of all that is well.
        await run(kubeScore, ["score", "--exit-one-on-warning", "--kubernetes-version", version, file]);
      }),
  };
}

interface Document {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

/** Argo's own kinds, and Kubernetes'. */
function split(manifests: string): [Document[], Document[]] {
  const documents = parseAllDocuments(manifests).map((one) => one.toJS() as Document);
  const isArgo = ({ apiVersion }: Document): boolean => apiVersion.startsWith("argoproj.io/");
  return [documents.filter(isArgo), documents.filter((one) => !isArgo(one))];
}

/** The schemas of the custom resources, as kubernetes-models has them from Argo's own. */
const argoKinds = { AppProject, Application, Rollout, AnalysisTemplate };

function validateArgo(document: Document): void {
  const { kind, metadata } = document;
  const known = Object.entries(argoKinds).find(([name]) => name === kind);
  if (known === undefined) throw new Error(`${kind} is no kind that is checked: add it to packages/gitops/check.ts`);
  try {
    new known[1](document as never).validate();
  } catch (error) {
    throw new Error(`${kind} ${metadata.name}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

async function asFile(text: string, use: (file: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "bluegreen-manifests-"));
  try {
    const file = path.join(folder, "manifests.yaml");
    await writeFile(file, text);
    await use(file);
  } finally {
    await rm(folder, { recursive: true });
  }
}
