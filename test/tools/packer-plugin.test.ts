import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { builtProgram } from "../../tools/go-tool.ts";
import { built, cached, downloaded, findPackerPlugin, installed, TOOL } from "../../tools/packer-plugin.ts";
import { fakeGo, FakeTools } from "./fake-path.ts";

const silent = (): void => undefined;
const FILE = "github.com/hashicorp/amazon/packer-plugin-amazon";

/** A `packer` that keeps plugins as the real one does; `own` is its folder where PACKER_PLUGIN_PATH names none. */
const fakePacker = (own: string, download: string): string => `
folder=\${PACKER_PLUGIN_PATH:-${own}}
put() { mkdir -p "$folder/github.com/hashicorp/amazon" && cp "$1" "$folder/${FILE}_v1.8.2_x5.0_linux_amd64"; }
case "$*" in
  "plugins installed") find "$folder" -type f 2>/dev/null; exit 0 ;;
  "plugins install github.com/hashicorp/amazon v1.8.2") ${download} ;;
  "plugins install --path "*" github.com/hashicorp/amazon") put "$4" ;;
  *) echo "what is $*?" >&2; exit 1 ;;
esac`;

let tools: FakeTools;
let own: string;
beforeEach(() => {
  tools = new FakeTools();
  own = path.join(tools.root, "own");
  tools.add("bin/packer", fakePacker(own, "echo no such host >&2; exit 1"));
  tools.add("bin/go", fakeGo("echo plugin"));
});
afterEach(() => tools.remove());

const inCache = (): string[] => readdirSync(path.join(tools.root, "cache", "packer-plugins"));

it("takes an installed one of the very version, none older or newer, and names its folder", async () => {
  for (const other of ["1.8.1", "1.9.0"]) tools.add(`own/${FILE}_v${other}_x5.0_linux_amd64`, "");
  await expect(installed("packer")(silent)).rejects.toThrow(
    /own plugin folder has only packer-plugin-amazon_v1\.\d\.\d/,
  );
  tools.add(`own/${FILE}_v1.8.2_x5.0_linux_amd64`, "");
  expect(await installed("packer")(silent)).toBe(own);
});

it("downloads one with packer", async () => {
  tools.add("bin/packer", fakePacker(own, "put /dev/null"));
  const folder = await downloaded("packer")(silent);
  expect(path.dirname(folder)).toBe(path.join(tools.root, "cache", "packer-plugins"));
  expect(await cached("packer")(silent)).toBe(folder);
});

it("builds one where packer can't download, and finds it in the cache afterwards", async () => {
  await expect(downloaded("packer")(silent)).rejects.toThrow("no such host");
  expect(inCache()).toEqual([]);
  await expect(cached("packer")(silent)).rejects.toThrow("has none");
  const folder = await built("packer")(silent);
  expect(existsSync(builtProgram(TOOL))).toBe(true);
  expect(await cached("packer")(silent)).toBe(folder);
  expect(await findPackerPlugin("packer", silent)).toBe(folder);
});

it("fails without Go with every reason and what to do", async () => {
  tools.add("bin/go", "exit 1");
  await expect(findPackerPlugin("packer", silent)).rejects.toThrow(
    /^No amazon plugin of version 1\.8\.2 [^]*own plugin folder has none\n[^]*has none\n[^]*no such host\n[^]*no go to build[^]*packer plugins install github\.com\/hashicorp\/amazon/,
  );
});

it("the templates ask for the version that is built", () => {
  const template = readFileSync(path.join(import.meta.dirname, "../../packer/packer.pkr.hcl"), "utf8");
  const goMod = readFileSync(path.join(import.meta.dirname, "../../tools/go/packer-plugin-amazon/go.mod"), "utf8");
  const version = TOOL.version.join(".");
  expect(template).toContain(`source  = "github.com/hashicorp/amazon"\n      version = "= ${version}"`);
  expect(goMod).toContain(`github.com/hashicorp/packer-plugin-amazon v${version} `);
});
