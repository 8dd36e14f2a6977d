import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";

/** A temporary folder with shell scripts that stand in for tools. */
export class FakeTools {
  readonly root = mkdtempSync(path.join(os.tmpdir(), "bluegreen-test-"));
  private readonly saved = { ...process.env };

  constructor() {
    process.env.PATH = this.add("bin/.keep", "").replace(/\/\.keep$/, "") + ":/usr/bin:/bin";
    process.env.BLUEGREEN_CACHE = path.join(this.root, "cache");
  }

  /** Adds a script below the root, `bin/<name>` to have it on PATH; returns its path. */
  add(name: string, script: string): string {
    const file = path.join(this.root, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
    return file;
  }

  /** Leaves nothing on PATH but what is added. */
  hideSystem(): void {
    process.env.PATH = path.join(this.root, "bin");
  }

  remove(): void {
    process.env = this.saved;
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** A `go` that "builds" a script of what `says` prints at the build; the target stands after `-o`. */
export const fakeGo = (says: string): string =>
  `if [ "$1" = version ]; then echo "go version go1.26.8 linux/amd64"; exit; fi
while [ "$1" != -o ]; do shift; done
printf '#!/bin/sh\\necho %s\\n' "$(${says})" > "$2"; chmod +x "$2"`;
