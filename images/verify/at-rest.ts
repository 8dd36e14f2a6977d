import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { ImageStore } from "@bluegreen/machines";
import { run } from "../../tools/run.ts";
import { type Findings, findingsOf } from "./spec-run.ts";
import { parseSpec, type Spec } from "./spec.ts";

/** An image that is looked at without booting it. */
export class ImageAtRest {
  private readonly layers: Promise<string[]>;

  /** @param over a read-only folder with more files, such as those of a scanner; default: none */
  constructor(store: ImageStore, root: string, over?: string) {
    this.layers = store.layers(root).then((layers) => (over === undefined ? layers : [over, ...layers]));
  }

  /** What a spec of the image holds, with all that it includes and the image's own vars. */
  async spec(name: string): Promise<Spec> {
    return parseSpec(await this.run(`goss -g /etc/goss/${name}.yaml --vars /etc/goss/vars.yaml render`));
  }

  /**
   * Runs resources of a spec after a script has changed the image; for the next run it is as it was.
   * @throws Error with what was printed, when the script fails or goss can't run
   */
  async validate(spec: Spec, script = "true"): Promise<Findings> {
    // goss is taken before it can be broken, and judges from outside of what the script changes.
    const goss = "cp /usr/local/bin/goss /run/goss";
    const validate = "/run/goss -g /run/spec.json validate --format json --max-concurrent 4";
    const printed = await this.run(`set -e; ${goss}; (${script}) >&2; set +e; ${validate}; exit 0`, {
      "spec.json": JSON.stringify(spec),
    });
    const findings = findingsOf(printed);
    if (!findings) throw new Error(`the specs could not be run: ${printed.slice(-500)}`);
    return findings;
  }

  /**
   * Runs a shell script in it and gives what it printed; for the next one the image is as it was.
   * @param files contents by name, which the script finds in /run
   */
  async run(script: string, files: Readonly<Record<string, string | Buffer>> = {}): Promise<string> {
    const input = await mkdtemp(path.join(os.tmpdir(), "bluegreen-at-rest-"));
    try {
      for (const [name, text] of Object.entries(files)) await writeFile(path.join(input, name), text);
      const env = { PATH: process.env.PATH, LOWER: (await this.layers).join(":"), INPUT: input, SCRIPT: script };
      return await run("bash", [path.join(import.meta.dirname, "at-rest.sh")], { env });
    } finally {
      await rm(input, { recursive: true, force: true });
    }
  }
}
