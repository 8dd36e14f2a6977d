import { built, cached, findPulumi, onPath, TOOL } from "../../tools/pulumi-cli.ts";
import { written } from "../../tools/versions.ts";
import { fakeGo, FakeTools } from "./fake-path.ts";

const silent = (): void => undefined;

let tools: FakeTools;
beforeEach(() => (tools = new FakeTools()));
afterEach(() => tools.remove());

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
    tools.add("bin/go", fakeGo(`echo v${written(TOOL.version)}`));
    await expect(cached(silent)).rejects.toThrow("has none");
    const said: string[] = [];
    const command = await built((message) => said.push(message));
    expect(said).toEqual([expect.stringContaining("about 4 minutes")]);
    expect(command.version?.version).toBe(written(TOOL.version));
    expect((await cached(silent)).command).toBe(command.command);
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
