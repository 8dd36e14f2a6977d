import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";

/** What stands for the backing store of services that are processes: a file with the number of its schema. */
export class ServiceStore {
  private readonly folder = mkdtempSync(path.join(os.tmpdir(), "bluegreen-store-"));
  readonly file = path.join(this.folder, "schema");

  /** The number; undefined before the first service has started. */
  get schema(): number | undefined {
    try {
      return Number(readFileSync(this.file, "utf8"));
    } catch {
      return undefined;
    }
  }

  set schema(number: number) {
    writeFileSync(this.file, String(number));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
