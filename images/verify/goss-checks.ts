import { readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { parse } from "yaml";
import { LAYERS } from "../build/layers.ts";
import { run } from "../../tools/run.ts";
import { filesBelow } from "./files.ts";
import { closure, duplicates, unknownKinds } from "./specs.ts";

/**
 * Lets goss read each spec with each system's vars, and looks for what goss does not mind: kinds that it does not know, and
 * names that two specs share.
 *
 * @param folder of the specs
 * @param work folder for what is made meanwhile
 * @throws Error that names all faults
 */
export async function checkSpecs(goss: string, folder: string, work: string): Promise<string> {
  const [roots, all] = [
    await filesBelow(folder, /^[\w-]+\.yaml$/),
    await filesBelow(folder, /^(parts\/)?[\w-]+\.yaml$/),
  ];
  const systems = await filesBelow(path.join(folder, "vars"), /^(?!cis\.)[\w-]+\.yaml$/);
  const cis = await readFile(path.join(folder, "vars", "cis.yaml"), "utf8");
  const faults: string[] = [];
  for (const file of all) {
    for (const kind of unknownKinds(await readFile(file, "utf8"))) faults.push(`${file}: goss knows no ${kind}`);
  }
  for (const system of systems) {
    for (const layer of LAYERS) {
      const vars = path.join(work, `${layer}-${path.basename(system)}`);
      // As install-specs.sh writes them on an image.
      await writeFile(vars, `${await readFile(system, "utf8")}\n${cis}\nlayer: ${layer}\nversion: v1.2.3\n`);
      const rendered = await renderEach(goss, all, vars, faults);
      for (const root of roots) {
        const shared = duplicates(only(closure(root, layer, read), rendered));
        faults.push(...shared.map((name) => `${root}, layer ${layer}: two specs name ${name}`));
      }
    }
  }
  if (faults.length > 0) throw new Error([...new Set(faults)].join("\n"));
  return `${all.length} specs, ${systems.length} systems`;
}

const read = (file: string): string => readFileSync(file, "utf8");

/** What goss makes of each spec. A root comes with all that it includes, which counts in the parts: it is left empty. */
async function renderEach(goss: string, files: readonly string[], vars: string, faults: string[]) {
  const rendered = new Map<string, unknown>();
  for (const file of files) {
    try {
      const text = await run(goss, ["-g", file, "--vars", vars, "render"]);
      rendered.set(file, file.includes(`${path.sep}parts${path.sep}`) ? parse(text) : {});
    } catch (error) {
      faults.push(`${file} with ${path.basename(vars)}: ${(error as Error).message.trim()}`);
    }
  }
  return rendered;
}

function only(files: readonly string[], rendered: ReadonlyMap<string, unknown>): Map<string, unknown> {
  return new Map(files.map((file) => [file, rendered.get(file)]));
}
