import { pythonEnvironment } from "./python-environment.ts";

/**
 * Finds the Python that has moto's server, in an environment of its own in the cache.
 *
 * @returns the executable: `<it> -m moto.server` starts the server
 */
export function findMoto(progress: (message: string) => void): Promise<string> {
  return pythonEnvironment("moto", "installing moto, the AWS API: about half a minute, 320 MB, once", progress);
}
