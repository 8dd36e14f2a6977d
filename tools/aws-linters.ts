import { pythonEnvironment } from "./python-environment.ts";

/**
 * Finds the Python that has cfn-lint (AWS's schemas of resources) and parliament (AWS's actions and condition keys), in an
 * environment of its own in the cache.
 *
 * @returns the executable; both are modules: `cfnlint.runner`, `parliament`
 */
export function findAwsLinters(progress: (message: string) => void): Promise<string> {
  return pythonEnvironment(
    "aws-linters",
    "installing cfn-lint and parliament: about half a minute, 230 MB, once",
    progress,
  );
}
