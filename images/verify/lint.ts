import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { errorMessage } from "../build/faults.ts";
import { ROOT, TEMPLATES } from "../build/layers.ts";
import { findHostGoss } from "../../tools/goss.ts";
import { findLinters } from "../../tools/linters.ts";
import { findPacker } from "../../tools/packer.ts";
import { findPackerPlugin } from "../../tools/packer-plugin.ts";
import { run } from "../../tools/run.ts";
import { filesBelow } from "./files.ts";
import { checkSpecs } from "./goss-checks.ts";
import { checkFormat, checkTemplates } from "./packer-checks.ts";

/** Checks the files that images and containers are made of; each check is tried, and any that fails counts. */
async function main(): Promise<number> {
  const say = (line: string): void => console.error(line);
  const linters = await findLinters(say);
  const goss = await findHostGoss(say);
  const packer = await findPacker(say);
  const tools = { packer, pluginPath: await findPackerPlugin(packer, say) };
  const work = await mkdtemp(path.join(os.tmpdir(), "bluegreen-lint-"));
  const below = (...names: string[]): string => path.join(ROOT, ...names);
  const checks: Record<string, () => Promise<string>> = {
    shellcheck: async () => {
      const scripts = [...(await filesBelow(TEMPLATES, /\.sh$/)), ...(await filesBelow(below("packages"), /\.sh$/))];
      for (const file of await filesBelow(below("packer", "files"), /^\w[^.]*$/)) {
        if (/^#!\/bin\/(ba)?sh\n/.test(await readFile(file, "utf8"))) scripts.push(file);
      }
      await run(linters.shellcheck, scripts);
      return `${scripts.length} scripts`;
    },
    "packer fmt": () => checkFormat(tools, TEMPLATES),
    "packer validate": () => checkTemplates(tools, TEMPLATES, work),
    goss: () => checkSpecs(goss, below("goss"), work),
    hadolint: async () => {
      const files = await filesBelow(below("packages", "app"), /^Dockerfile$/);
      await run(linters.hadolint, files);
      return "packages/app/Dockerfile";
    },
  };
  let failed = 0;
  try {
    for (const [name, check] of Object.entries(checks)) {
      const line = await check().then(
        (done) => `ok      ${name}: ${done}`,
        (error: unknown) => {
          failed += 1;
          return `failed  ${name}:\n${errorMessage(error).replace(/^/gm, "          ")}`;
        },
      );
      console.log(line);
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return failed === 0 ? 0 : 1;
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(errorMessage(error));
    process.exitCode = 1;
  },
);
