import { readdirSync } from "node:fs";
import { readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { type Document, isMap, parseDocument } from "yaml";
import type { ReleaseSettings } from "./state/model.ts";
import { CliError } from "./error.ts";

/** Nothing that stands there is folded or spaced in another way. */
const layout = { lineWidth: 0, flowCollectionPadding: false } as const;

/** The settings' file of a stack, Pulumi.<stack>.yaml, read and written as `pulumi config` does, with its comments. */
export class SettingsFile {
  readonly path: string;

  private readonly folder: string;
  private readonly stack: string;
  /** The project's name, which is the settings' namespace. */
  private readonly namespace: string;

  constructor(folder: string, stack: string, namespace: string) {
    this.folder = folder;
    this.stack = stack;
    this.namespace = namespace;
    this.path = path.join(folder, `Pulumi.${stack}.yaml`);
  }

  /**
   * All config values by their whole key (`bluegreen:minSize`, `aws:region`), as they stand there; a secret is an object
   * with the member `secure`.
   * @throws CliError when there is no such file, or when it is no YAML
   */
  async read(): Promise<Readonly<Record<string, unknown>>> {
    const document = await this.document();
    const config = document.get("config", true);
    return isMap(config) ? (config.toJS(document) as Record<string, unknown>) : {};
  }

  /**
   * Writes release settings; `undefined` unsets one. The file is replaced as a whole, or not at all.
   * @param revision which settings these are, as the stack's table has them; default: what stands there stays
   */
  async write(settings: Partial<ReleaseSettings>, revision?: number): Promise<void> {
    const document = await this.document();
    const before = document.toString(layout);
    const numbered = revision === undefined ? settings : { ...settings, releaseRevision: revision };
    for (const [name, value] of Object.entries(numbered)) {
      const key = ["config", `${this.namespace}:${name}`];
      if (value === undefined) document.deleteIn(key);
      else if (document.getIn(key) !== value) document.setIn(key, value);
    }
    const text = document.toString(layout);
    if (text === before) return;
    const temporary = `${this.path}.${process.pid}`;
    await writeFile(temporary, text);
    await rename(temporary, this.path);
  }

  private async document(): Promise<Document> {
    let text: string;
    try {
      text = await readFile(this.path, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      const known = stacksIn(this.folder);
      throw new CliError(
        "usage",
        `There is no stack "${this.stack}" here: ${this.path} is missing. ` +
          (known.length > 0 ? `Stacks with settings: ${known.join(", ")}.` : "Name the project's folder with --cwd."),
      );
    }
    const document = parseDocument(text);
    const [fault] = document.errors;
    if (fault) throw new CliError("usage", `${this.path} is no YAML: ${fault.message}`);
    return document;
  }
}

/** Names of the stacks that have settings in a folder. */
function stacksIn(folder: string): string[] {
  const names = readdirSync(folder).map((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1]);
  return names.filter((name) => name !== undefined);
}
