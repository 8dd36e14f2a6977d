import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { BUILT_VERSION, built, cached, findPulumi, onPath } from "../../tools/pulumi-cli";
import { written } from "../../tools/versions";
import { FakeTools } from "./fake-path";

const silent = (): void => undefined;
/** A `go` that "builds" a CLI of the version; the target stands after `-o`. */
const fakeGo = (version: string): string =>
  `if [ "$1" = version ]; then echo "go version go1.26.8 linux/amd64"; exit; fi
while [ "$1" != -o ]; do shift; done
printf '#!/bin/sh\\necho v${version}\\n' > "$2"; chmod +x "$2"`;

let tools: FakeTools;
beforeEach(() => (tools = new FakeTools()));
afterEach(() => tools.remove());

it("pins the same version in go.mod as in the code", () => {
  const folder = path.resolve(__dirname, "../../tools");
  const lines = readFileSync(path.join(folder, "go.mod"), "utf8")
    .split("\n")
    .map((line) => line.trim());
  expect(lines).toContain("tool github.com/pulumi/pulumi/pkg/v3/cmd/pulumi");
  expect(lines).toContain(`github.com/pulumi/pulumi/pkg/v3 v${written(BUILT_VERSION)} // indirect`);
  expect(lines).toContain(`github.com/pulumi/pulumi/sdk/v3 v${written(BUILT_VERSION)} // indirect`);
  expect(readFileSync(path.join(folder, "go.sum"), "utf8")).toContain(`pulumi/pkg/v3 v${written(BUILT_VERSION)} h1:`);
});

describe("the CLI on PATH", () => {
  test.each(["3.214.0", "v3.250.0", "v3.999.1"])("takes %s", async (version) => {
    tools.add("bin/pulumi", `echo ${version}`);
    expect((await onPath(silent)).command).toBe("pulumi");
  });

  test.each([
    ["v3.213.9", /pulumi on PATH is 3\.213\.9; it must be 3\.214\.0 or later/],
    ["2.25.2", /is 2\.25\.2; it must be/],
    ["what", /of an unknown version/],
  ])("fails with %s", async (version, message) => {
    tools.add("bin/pulumi", `echo ${version}`);
    await expect(onPath(silent)).rejects.toThrow(message);
  });

  it("fails when there is none", async () => {
    tools.hideSystem();
    await expect(onPath(silent)).rejects.toThrow("PATH has no pulumi");
  });
});

describe("building", () => {
  it("builds once, says how long that takes, and is found in the cache afterwards", async () => {
    tools.add("bin/go", fakeGo(written(BUILT_VERSION)));
    await expect(cached(silent)).rejects.toThrow("has none");
    const said: string[] = [];
    const command = await built((message) => said.push(message));
    expect(said).toEqual([expect.stringContaining("about 4 minutes")]);
    expect(command.version?.version).toBe(written(BUILT_VERSION));
    expect((await cached(silent)).command).toBe(command.command);
  });

  it("fails with what go said, and leaves no half of it in the cache", async () => {
    tools.add("bin/go", `[ "$1" = version ] && echo go1.26.8 && exit; echo "no such host" >&2; exit 1`);
    await expect(built(silent)).rejects.toThrow("go build: no such host");
    expect(readdirSync(path.join(tools.root, "cache", "pulumi"))).toEqual([]);
  });

  test.each([
    ["go version go1.23.4 linux/amd64", "go on PATH is 1.23.4; 1.24.0 or later can build one"],
    ["", "PATH has no go"],
  ])("fails with go saying %j", async (says, message) => {
    tools.add("bin/go", `echo "${says}"`);
    await expect(built(silent)).rejects.toThrow(message);
    expect(existsSync(path.join(tools.root, "cache"))).toBe(false);
  });
});

describe("findPulumi", () => {
  const absent = (reason: string) => () => Promise.reject(new Error(reason));

  it("takes the first source that has one", async () => {
    tools.add("bin/pulumi", "echo v3.250.0");
    const never = jest.fn();
    expect((await findPulumi(silent, [absent("a"), onPath, never])).command).toBe("pulumi");
    expect(never).not.toHaveBeenCalled();
  });

  it("fails with every reason and what to install", async () => {
    const message = await findPulumi(silent, [absent("PATH is bare"), absent("no network")]).catch(
      (e: Error) => e.message,
    );
    expect(message).toMatch(/3\.214\.0[^]*- PATH is bare\n[^]*- no network\n[^]*download-install[^]*go\.dev\/dl/);
  });
});
