import { pythonEnvironment } from "./python-environment.ts";

/**
 * Finds the Python that has Checkov (rules of security for Terraform, Dockerfiles, Kubernetes and workflows), in an
 * environment of its own in the cache.
 *
 * @returns the executable; Checkov is a module: `checkov.main`
 */
export function findCheckov(progress: (message: string) => void): Promise<string> {
  return pythonEnvironment("checkov", "installing Checkov: about a minute, 290 MB, once", progress);
}
