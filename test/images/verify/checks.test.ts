import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { filesBelow } from "../../../images/verify/files.ts";
import { checkSpecs } from "../../../images/verify/goss-checks.ts";
import { checkFormat, checkTemplates } from "../../../images/verify/packer-checks.ts";
import { FakeTools } from "../../tools/fake-path.ts";

let tools: FakeTools;
let work: string;
beforeEach(() => {
  tools = new FakeTools();
  work = path.join(tools.root, "work");
  mkdirSync(work);
});
afterEach(() => tools.remove());

/** Writes files below a folder and gives that folder. */
function folder(name: string, files: Record<string, string>): string {
  for (const [file, text] of Object.entries(files)) {
    const place = path.join(tools.root, name, file);
    mkdirSync(path.dirname(place), { recursive: true });
    writeFileSync(place, text);
  }
  return path.join(tools.root, name);
}
const log = (): string[] => readFileSync(path.join(tools.root, "log"), "utf8").trim().split("\n");

describe("filesBelow", () => {
  it("finds files in order, by their path in the folder", async () => {
    const place = folder("x", { "b.sh": "", "a/c.sh": "", "a/d.txt": "" });
    expect(await filesBelow(place, /\.sh$/)).toEqual([path.join(place, "a/c.sh"), path.join(place, "b.sh")]);
  });

  it("fails where there are none: a check of nothing proves nothing", async () => {
    await expect(filesBelow(folder("x", { "a.txt": "" }), /\.sh$/)).rejects.toThrow("has no such files: \\.sh$");
    await expect(filesBelow(path.join(tools.root, "missing"), /\.sh$/)).rejects.toThrow("has no such files");
  });
});

describe("checkSpecs", () => {
  /** A goss that renders a spec as it stands, refuses one with `mistake` in it, and wants the vars that an image has. */
  const goss = (): string =>
    tools.add(
      "goss",
      `[ "$1 $3 $5" = "-g --vars render" ] || exit 2
grep -q '^version: v1.2.3$' "$4" && grep -q '^layer: ' "$4" && grep -q '^system: ' "$4" && grep -q '^cis: ' "$4" || exit 3
if grep -q mistake "$2"; then echo "invalid Attribute" >&2; exit 1; fi
cat "$2"`,
    );
  const vars = {
    "vars/cis.yaml": "cis: {}\n",
    "vars/al2023.yaml": "system: al2023\n",
    "vars/debian.yaml": "system: debian\n",
  };
  const good = {
    ...vars,
    "app.yaml": "gossfile:\n  parts/a.yaml: {}\n  parts/b.yaml: {}\n",
    "boot.yaml": "gossfile:\n  parts/b.yaml: {}\n",
    "parts/a.yaml": "file:\n  /a: {exists: true}\n",
    "parts/b.yaml": "file:\n  /b: {exists: true}\n",
  };

  it("passes specs that goss reads", async () => {
    expect(await checkSpecs(goss(), folder("goss-specs", good), work)).toBe("4 specs, 2 systems");
  });

  test.each([
    ["a mistake", { "parts/a.yaml": "file: mistake\n" }, /parts\/a\.yaml with app-debian\.yaml: .*invalid Attribute/],
    ["a kind that goss does not know", { "parts/a.yaml": "fiel: {}\n" }, /parts\/a\.yaml: goss knows no fiel/],
    [
      "a name that two specs share",
      { "parts/a.yaml": "file:\n  /b: {}\n" },
      /app\.yaml, layer app: two specs name file \/b \(a\.yaml, b\.yaml\)/,
    ],
  ])("fails with %s", async (_, changes, message) => {
    await expect(checkSpecs(goss(), folder("goss-specs", { ...good, ...changes }), work)).rejects.toThrow(message);
  });
});

describe("packer", () => {
  const templates = { "app.pkr.hcl": "", "dev.pkrvars.hcl": "", "environments/prod.pkrvars.hcl": "" };
  const packer = (script: string) => ({
    packer: tools.add("packer", `[ "$CHECKPOINT_DISABLE" = 1 ] || exit 9\necho "$*" >> ${tools.root}/log\n${script}`),
    pluginPath: "/plugins",
  });

  it("is asked about the format of all files", async () => {
    const place = folder("packer-files", templates);
    expect(await checkFormat(packer(""), place)).toBe("3 files");
    expect(log()).toEqual([`fmt -check -diff -recursive ${place}`]);
    await expect(checkFormat(packer("echo app.pkr.hcl; exit 3"), place)).rejects.toThrow("app.pkr.hcl");
  });

  it("validates each layer with each variable file for each architecture, with files in the places of those that a bake uploads", async () => {
    const place = folder("packer-files", templates);
    const result = await checkTemplates(packer('[ "$PACKER_PLUGIN_PATH" = /plugins ]'), place, work);
    expect(result).toBe("3 layers, 2 variable files, x86_64 and arm64");
    expect(log()).toHaveLength(12);
    const base = log().filter((line) => line.startsWith("validate -only=base.* "));
    expect(base).toHaveLength(4);
    expect(base.filter((line) => line.includes(" -var architecture=arm64 "))).toHaveLength(2);
    expect(base.filter((line) => line.includes("parent_ami"))).toEqual([]);
    expect(log().at(-1)).toMatch(/^validate -only=app\.\* .*prod\.pkrvars\.hcl .*version=v1\.2\.3 .*parent_ami=ami-/);
    expect(readdirSync(path.join(work, "release")).sort()).toEqual(["app.cjs", "app.cjs.map", "release.json"]);
  });

  it("fails with every layer and file that packer refuses", async () => {
    const refusing = packer(
      'case "$*" in *"only=hardened"*|*prod.pkrvars*) echo "no such argument" >&2; exit 1 ;; esac',
    );
    const checking = checkTemplates(refusing, folder("packer-files", templates), work);
    const both = (layer: string, file: string): string[] =>
      ["x86_64", "arm64"].map((architecture) => `${layer} for ${architecture} with ${file}: .*no such argument`);
    await expect(checking).rejects.toThrow(
      new RegExp(
        `^${[
          ...both("base", "environments/prod.pkrvars.hcl"),
          ...both("hardened", "dev.pkrvars.hcl"),
          ...both("hardened", "environments/prod.pkrvars.hcl"),
          ...both("app", "environments/prod.pkrvars.hcl"),
        ].join("\n")}$`,
      ),
    );
  });
});
