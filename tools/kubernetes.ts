import { builtProgram, buildGoTool, type GoTool, HOST } from "./go-tool.ts";
import { exists } from "./cache.ts";
import type { Progress } from "./sources.ts";

/** The newest that the oldest Go of this project builds; go/kustomize/go.mod pins the same. */
export const KUSTOMIZE: GoTool = {
  name: "kustomize",
  package: "sigs.k8s.io/kustomize/kustomize/v5",
  version: [5, 8, 1],
  takes: "about 1 minute",
};

/** Judges Kubernetes manifests; go/kube-score/go.mod pins the same. */
export const KUBE_SCORE: GoTool = {
  name: "kube-score",
  package: "github.com/zegl/kube-score/cmd/kube-score",
  version: [1, 20, 0],
  takes: "about 2 minutes",
};

/** Path of the program, exactly the version that is pinned: in the cache, or built. One on PATH may render otherwise. */
export async function findBuilt(tool: GoTool, progress: Progress): Promise<string> {
  const program = builtProgram(tool, HOST);
  if (!(await exists(program))) await buildGoTool(tool, progress, HOST);
  return program;
}
