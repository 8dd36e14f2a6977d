import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { pulumi } from "../../cli/pulumi.ts";
import { makePrograms } from "../../rehearsal/programs.ts";
import { findPulumi } from "../../tools/pulumi-cli.ts";

const repository = path.resolve(import.meta.dirname, "../..");

/** A Pulumi project for the real CLI, with its stack `dev` in a file backend of its own. */
export interface PulumiProject {
  /** Holds project, backend and what else the CLI keeps; `cleanUp` removes it. */
  readonly root: string;
  readonly folder: string;
  /** Removes it, and gives this process its own variables back. */
  cleanUp(): void;
}

/** Text of its Pulumi.yaml, up to the config. */
export const projectText = (name: string) =>
  `name: ${name}\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n`;

/**
 * Makes the project, and sets this process's variables so that `pulumi` works on it.
 * @param program text of its index.js, an ES module
 */
export async function makePulumiProject(name: string, program: string): Promise<PulumiProject> {
  const own = { ...process.env };
  const root = mkdtempSync(path.join(os.tmpdir(), `bluegreen-${name}-`));
  const file = (of: string) => path.join(root, of);
  const programs = await makePrograms(file("bin"), await findPulumi(() => undefined));
  for (const folder of ["state", "home", "project"]) mkdirSync(file(folder));
  Object.assign(process.env, {
    PATH: [...programs, own.PATH].join(path.delimiter),
    PULUMI_BACKEND_URL: `file://${file("state")}`,
    PULUMI_HOME: file("home"),
    PULUMI_CONFIG_PASSPHRASE: "test",
    PULUMI_SKIP_UPDATE_CHECK: "true",
  });
  const folder = file("project");
  writeFileSync(path.join(folder, "Pulumi.yaml"), projectText(name));
  writeFileSync(path.join(folder, "package.json"), '{"name":"test","type":"module","main":"index.js"}');
  writeFileSync(path.join(folder, "index.js"), program);
  symlinkSync(path.join(repository, "node_modules"), path.join(folder, "node_modules"));
  await pulumi({ folder, stack: "dev" }, ["stack", "init"]);
  const cleanUp = () => {
    process.env = own;
    rmSync(root, { recursive: true, force: true });
  };
  return { root, folder, cleanUp };
}
