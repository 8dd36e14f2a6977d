import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { cacheDir, made } from "../../tools/cache.ts";

describe("cacheDir", () => {
  test.each<[NodeJS.ProcessEnv, NodeJS.Platform, string]>([
    [{ HOME: "/home/me" }, "linux", "/home/me/.cache/bluegreen/x"],
    [{ HOME: "/home/me", XDG_CACHE_HOME: "/var/c" }, "linux", "/var/c/bluegreen/x"],
    [{ HOME: "/Users/me" }, "darwin", "/Users/me/Library/Caches/bluegreen/x"],
    [{ HOME: "/home/me", XDG_CACHE_HOME: "/var/c", BLUEGREEN_CACHE: "/mine" }, "linux", "/mine/x"],
    [{ HOME: "/Users/me", BLUEGREEN_CACHE: "/mine" }, "darwin", "/mine/x"],
  ])("%j on %s is %s", (env, platform, expected) => expect(cacheDir("x", env, platform)).toBe(expected));
});

describe("made", () => {
  let root: string;
  beforeEach(() => (root = mkdtempSync(path.join(os.tmpdir(), "bluegreen-test-"))));
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const writing =
    (text: string) =>
    (temporary: string): Promise<void> =>
      writeFile(path.join(temporary, "f"), text);

  it("makes a folder once", async () => {
    const folder = path.join(root, "a", "thing");
    await made(folder, writing("first"));
    await made(folder, writing("second"));
    expect(readFileSync(path.join(folder, "f"), "utf8")).toBe("first");
  });

  it("gives all who make it at once the same whole folder", async () => {
    const folder = path.join(root, "thing");
    const results = await Promise.all(["1", "2", "3"].map((text) => made(folder, writing(text))));
    expect(new Set(results)).toEqual(new Set([folder]));
    expect(readdirSync(root)).toEqual(["thing"]);
    expect(readdirSync(folder)).toEqual(["f"]);
  });

  it("fails with the maker's error and leaves nothing behind", async () => {
    const fails = made(path.join(root, "thing"), async (temporary) => {
      await writing("half")(temporary);
      throw new Error("no more room");
    });
    await expect(fails).rejects.toThrow("no more room");
    expect(readdirSync(root)).toEqual([]);
  });

  it("removes what a killed maker left, but not what another is making", async () => {
    const [old, fresh] = [path.join(root, "thing.partial-old"), path.join(root, "thing.partial-new")];
    for (const folder of [old, fresh]) mkdirSync(folder);
    utimesSync(old, 0, 0);
    await made(path.join(root, "thing"), writing("x"));
    expect([existsSync(old), existsSync(fresh)]).toEqual([false, true]);
  });
});
