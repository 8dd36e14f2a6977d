import path from "node:path";
import { exists } from "./cache.ts";
import { buildGoTool, builtProgram, type GoTool } from "./go-tool.ts";
import { pythonEnvironment } from "./python-environment.ts";
import type { Progress } from "./sources.ts";

/** Judges GitHub's workflows; go/actionlint/go.mod pins the same. */
const ACTIONLINT: GoTool = {
  name: "actionlint",
  package: "github.com/rhysd/actionlint/cmd/actionlint",
  version: [1, 7, 7],
  takes: "about half a minute",
};

/** The programs that check pipelines, as paths. */
export interface PipelineLinters {
  readonly actionlint: string;
  readonly zizmor: string;
  /** A Python that has yamllint, which is run as a module. */
  readonly python: string;
}

/** Finds actionlint, built from its Go module, and zizmor and yamllint, the exact packages of python/pipelines.txt. */
export async function findPipelineLinters(progress: Progress): Promise<PipelineLinters> {
  const actionlint = builtProgram(ACTIONLINT);
  if (!(await exists(actionlint))) await buildGoTool(ACTIONLINT, progress);
  const python = await pythonEnvironment(
    "pipelines",
    "installing zizmor and yamllint: about 10 s, 30 MB, once",
    progress,
  );
  return { actionlint, zizmor: path.join(path.dirname(python), "zizmor"), python };
}
