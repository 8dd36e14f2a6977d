import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { buildGoTool, builtProgram, type GoTool } from "../../tools/go-tool.ts";
import { TOOL as goss } from "../../tools/goss.ts";
import { KUBE_SCORE, KUSTOMIZE } from "../../tools/kubernetes.ts";
import { TOOL as packer } from "../../tools/packer.ts";
import { TOOL as plugin } from "../../tools/packer-plugin.ts";
import { TOOL as pulumi } from "../../tools/pulumi-cli.ts";
import { run } from "../../tools/run.ts";
import { written } from "../../tools/versions.ts";
import { fakeGo, FakeTools } from "./fake-path.ts";

const silent = (): void => undefined;
const example: GoTool = { name: "goss", package: "example.com/goss", version: [1, 2, 3], takes: "about a minute" };

let tools: FakeTools;
beforeEach(() => (tools = new FakeTools()));
afterEach(() => tools.remove());

describe("go/", () => {
  const folder = path.resolve(import.meta.dirname, "../../tools/go");
  const lines = (name: string): string[] =>
    readFileSync(path.join(folder, name, "go.mod"), "utf8")
      .split("\n")
      .map((line) => line.trim());

  test.each([
    [pulumi, "github.com/pulumi/pulumi/pkg/v3"],
    [packer, "github.com/hashicorp/packer"],
    [plugin, "github.com/hashicorp/packer-plugin-amazon"],
    [goss, "github.com/goss-org/goss"],
    [KUSTOMIZE, "sigs.k8s.io/kustomize/kustomize/v5"],
    [KUBE_SCORE, "github.com/zegl/kube-score"],
  ])("pins the version of $name that the code names, and its digest", (tool, module) => {
    const pinned = `${module} v${written(tool.version)}`;
    expect(lines(tool.name)).toContain(`tool ${tool.package}`);
    expect(lines(tool.name)).toContain(`${pinned} // indirect`);
    expect(readFileSync(path.join(folder, tool.name, "go.sum"), "utf8")).toContain(`${pinned} h1:`);
  });

  test.each(["packer", "packer-plugin-amazon"])(
    "replaces go-cty for %s: it can't speak to its plugins else",
    (name) => {
      expect(lines(name)).toContain("replace github.com/zclconf/go-cty => github.com/nywilken/go-cty v1.13.3");
    },
  );
});

describe("buildGoTool", () => {
  it("builds once, in the tool's module, and says how long that takes", async () => {
    tools.add("bin/go", fakeGo("echo built"));
    const said: string[] = [];
    await buildGoTool(example, (message) => said.push(message));
    await buildGoTool(example, (message) => said.push(message));
    expect(said).toEqual(["building goss 1.2.3 from its Go module: about a minute on 2 cores, once"]);
    expect(existsSync(builtProgram(example))).toBe(true);
  });

  test.each([
    [{ system: "linux", arch: "x64" }, "linux amd64 goss"],
    [{ system: "darwin", arch: "arm64" }, "darwin arm64 goss"],
    [{ system: "win32", arch: "x64" }, "windows amd64 goss"],
  ])("builds for %j", async (platform, expected) => {
    tools.add("bin/go", fakeGo("echo $GOOS $GOARCH ${PWD##*/}"));
    await buildGoTool(example, silent, platform);
    expect((await run(builtProgram(example, platform), [])).trim()).toBe(expected);
  });

  it("builds what go.sum has alone, whatever the caller's GOFLAGS say", async () => {
    process.env.GOFLAGS = "-mod=mod";
    tools.add("bin/go", `case "$*" in *" -mod=readonly "*|version) ;; *) exit 1 ;; esac\n${fakeGo("echo built")}`);
    await expect(buildGoTool(example, silent)).resolves.toBeDefined();
  });

  it("fails with what go said, and leaves no half of it in the cache", async () => {
    tools.add("bin/go", `[ "$1" = version ] && echo go1.26.8 && exit; echo "no such host" >&2; exit 1`);
    await expect(buildGoTool(example, silent)).rejects.toThrow("go build: no such host");
    expect(readdirSync(path.join(tools.root, "cache", "goss"))).toEqual([]);
  });

  test.each([
    ["go version go1.23.4 linux/amd64", "go on PATH is 1.23.4; 1.24.0 or later can build one"],
    ["", "PATH has no go"],
  ])("fails with go saying %j", async (says, message) => {
    tools.add("bin/go", `echo "${says}"`);
    await expect(buildGoTool(example, silent)).rejects.toThrow(message);
    expect(existsSync(path.join(tools.root, "cache"))).toBe(false);
  });
});
