import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { findBuilt, KUSTOMIZE } from "../../../tools/kubernetes.ts";
import { run } from "../../../tools/run.ts";

const root = path.join(import.meta.dirname, "../../..");
const rendered = new Map<string, string>();
let folder = "";

beforeAll(async () => {
  const kustomize = await findBuilt(KUSTOMIZE, () => undefined);
  for (const name of ["services/user-service/overlays/prod", "argocd"])
    rendered.set(path.basename(name), await run(kustomize, ["build", path.join(root, "packages/gitops/deploy", name)]));
  folder = mkdtempSync(path.join(os.tmpdir(), "manifests-"));
  writeFileSync(path.join(folder, "kustomization.yaml"), "resources: [all.yaml]\n");
  // Programs are built where the cache has none.
}, 900_000);
afterAll(() => rmSync(folder, { recursive: true }));

/** What the command says of manifests, and its exit code. */
async function checked(manifests: string): Promise<{ code: number; said: string }> {
  writeFileSync(path.join(folder, "all.yaml"), manifests);
  const command = ["packages/gitops/main.ts", "check", folder];
  return promisify(execFile)(process.execPath, command, { cwd: root }).then(
    ({ stdout }) => ({ code: 0, said: stdout }),
    ({ code, stdout }: { code: number; stdout: string }) => ({ code, said: stdout }),
  );
}

test.each(["prod", "argocd"])(
  "given what is generated for %s, then it passes",
  async (name) => expect(await checked(rendered.get(name) ?? "")).toMatchObject({ code: 0 }),
  900_000,
);

test.each<[string, string, string | RegExp, string, RegExp]>([
  ["a field that is spelt wrong", "prod", "readinessProbe:", "readinesProbe:", /readinesProbe/],
  ["a number that is a text", "prod", "minReplicas: 3", "minReplicas: three", /three/],
  ["an Application without a destination", "argocd", "  destination:", "  target:", /Application [\s\S]*destination/],
  ["a kind that nothing checks", "argocd", "kind: AppProject", "kind: ApplicationSet", /ApplicationSet is no kind/],
  ["pods without a readiness probe", "prod", / {8}readinessProbe:\n(?: {10}.*\n)+/, "", /readinessProbe/],
  [
    "a root file system that can be written",
    "prod",
    "RootFilesystem: true",
    "RootFilesystem: false",
    /root filesystem/i,
  ],
  ["an image by a tag that moves", "prod", /@sha256:0{64}/, ":latest", /latest/],
])(
  "fails on %s",
  async (_, name, what, instead, words) => {
    const broken = (rendered.get(name) ?? "").replace(what, instead);
    expect(broken === rendered.get(name)).toBe(false);
    const { code, said } = await checked(broken);
    expect(said).toMatch(words);
    expect(code).toBe(1);
  },
  60_000,
);
