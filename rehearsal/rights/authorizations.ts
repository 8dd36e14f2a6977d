import { spawnSync } from "node:child_process";
import path from "node:path";
import type { Authorization } from "../../bootstrap/rights/authorization.ts";

/**
 * What AWS authorizes the actions by, of its service authorization reference.
 * @param python with parliament (tools/aws-linters.ts)
 * @throws Error that names the actions which AWS does not have
 */
export function authorizationsOf(actions: readonly string[], python: string): Record<string, Authorization> {
  const input = JSON.stringify([...actions].sort());
  const script = path.join(import.meta.dirname, "authorization.py");
  const { stdout, stderr, status } = spawnSync(python, [script], { input, encoding: "utf8" });
  if (status !== 0) throw new Error(`${script} ended with ${status}: ${stderr}`);
  const found = JSON.parse(stdout) as Record<string, Authorization | null>;
  const unknown = Object.keys(found).filter((action) => found[action] === null);
  if (unknown.length > 0)
    throw new Error(
      `AWS has no action ${unknown.join(", ")}; an operation whose right has another name gets a line in ` +
        "bootstrap/rights/operations.ts",
    );
  return found as Record<string, Authorization>;
}
