import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { findBuilt, KUSTOMIZE } from "../../tools/kubernetes.ts";

const root = path.resolve(import.meta.dirname, "../..");

function under(folder: string): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));
}

/**
 * The project's own files as Checkov gets them: the Dockerfile under `app`, manifests as Kustomize renders them under
 * `kubernetes`, the workflows under `.github`.
 */
export async function ownFiles(): Promise<Record<string, string>> {
  const kustomize = await findBuilt(KUSTOMIZE, () => undefined);
  const files: Record<string, string> = {
    "app/Dockerfile": readFileSync(path.join(root, "packages/app/Dockerfile"), "utf8"),
  };
  for (const file of under(".github/workflows")) files[file] = readFileSync(path.join(root, file), "utf8");
  const rendered = ["packages/app/kubernetes", "packages/gitops/deploy"]
    .flatMap(under)
    .filter((file) => path.basename(file) === "kustomization.yaml")
    .map((file) => path.dirname(file))
    // A base is no deployment: its overlays are, and say where.
    .filter((folder) => path.basename(folder) !== "base");
  for (const folder of rendered) {
    files[`kubernetes/${folder.replaceAll("/", "-")}.yaml`] = execFileSync(kustomize, ["build", folder], {
      cwd: root,
      encoding: "utf8",
    });
  }
  return files;
}
