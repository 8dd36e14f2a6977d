import { TOOL, built, cached, findPacker, onPath } from "../../tools/packer.ts";
import { builtProgram } from "../../tools/go-tool.ts";
import { fakeGo, FakeTools } from "./fake-path.ts";

const silent = (): void => undefined;
let tools: FakeTools;
beforeEach(() => (tools = new FakeTools()));
afterEach(() => tools.remove());

describe("packer on PATH", () => {
  test.each(["Packer v1.11.2", "1.11.0", "Packer v2.0.0"])("takes %j", async (says) => {
    tools.add("bin/packer", `[ "$CHECKPOINT_DISABLE" = 1 ] && echo "${says}"`);
    expect(await onPath(silent)).toBe("packer");
  });

  test.each([
    ["Packer v1.10.3", "packer on PATH is 1.10.3; it must be 1.11.0 or later"],
    ["pack what?", "PATH has no packer"],
  ])("fails with one that says %j", async (says, message) => {
    tools.add("bin/packer", `echo "${says}"`);
    await expect(onPath(silent)).rejects.toThrow(message);
  });
});

it("builds one, and finds it in the cache afterwards", async () => {
  tools.add("bin/go", fakeGo("echo Packer v1.11.2"));
  await expect(cached(silent)).rejects.toThrow("the cache has none");
  expect(await built(silent)).toBe(builtProgram(TOOL));
  expect(await cached(silent)).toBe(builtProgram(TOOL));
});

it("fails without Go with every reason and what to install", async () => {
  tools.hideSystem();
  const message = await findPacker(silent).catch((error: Error) => error.message);
  expect(message).toMatch(
    /^No packer of version 1\.11\.0 or later .*:\n {2}- PATH has no packer\n {2}- the cache has none.*\n {2}- PATH has no go to build one with\nInstall it \(.*\), or install Go 1\.24\.0 .* and run this again\.$/,
  );
});
