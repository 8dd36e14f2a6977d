import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { ARCHITECTURES, LAYERS } from "../build/layers.ts";
import { quiet } from "../../tools/packer.ts";
import { run } from "../../tools/run.ts";
import { filesBelow } from "./files.ts";

/** Packer and its PACKER_PLUGIN_PATH. */
export interface PackerTools {
  readonly packer: string;
  readonly pluginPath: string;
}

/** Whether all of packer/ is formatted as Packer does it. */
export async function checkFormat({ packer }: PackerTools, folder: string): Promise<string> {
  const files = await filesBelow(folder, /\.(pkr|pkrvars)\.hcl$/);
  await run(packer, ["fmt", "-check", "-diff", "-recursive", folder], { env: quiet() });
  return `${files.length} files`;
}

/**
 * Lets Packer validate each layer with each variable file, for each architecture. It asks for the files that a bake uploads: empty ones stand in.
 * @throws Error that names all that fail
 */
export async function checkTemplates(tools: PackerTools, folder: string, work: string): Promise<string> {
  const varFiles = await filesBelow(folder, /\.pkrvars\.hcl$/);
  const variables = await placeholders(work);
  const env = { ...quiet(), PACKER_PLUGIN_PATH: tools.pluginPath, PACKER_NO_COLOR: "1" };
  const faults: string[] = [];
  for (const layer of LAYERS) {
    const given = Object.entries(variables).filter(([name]) => name !== "parent_ami" || layer !== "base");
    const args = given.flatMap(([name, value]) => ["-var", `${name}=${value}`]);
    for (const file of varFiles) {
      for (const architecture of ARCHITECTURES) {
        const flags = [`-only=${layer}.*`, `-var-file=${file}`, "-var", `architecture=${architecture}`];
        await run(tools.packer, ["validate", ...flags, ...args, folder], { env }).catch((error: Error) =>
          faults.push(`${layer} for ${architecture} with ${path.relative(folder, file)}: ${error.message}`),
        );
      }
    }
  }
  if (faults.length > 0) throw new Error(faults.join("\n"));
  return `${LAYERS.length} layers, ${varFiles.length} variable files, ${ARCHITECTURES.join(" and ")}`;
}

async function placeholders(work: string): Promise<Record<string, string>> {
  const release = path.join(work, "release");
  const [goss, boot_gate] = [path.join(work, "goss"), path.join(work, "boot-gate.cjs")];
  await mkdir(release, { recursive: true });
  const uploads = ["app.cjs", "app.cjs.map", "release.json"].map((name) => path.join(release, name));
  for (const file of [goss, boot_gate, ...uploads]) await writeFile(file, "");
  return { version: "v1.2.3", parent_ami: "ami-0123456789abcdef0", release, boot_gate, goss };
}
