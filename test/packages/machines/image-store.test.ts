import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { ImageStore } from "../../../packages/machines/image-store.ts";

let folder: string;
let store: ImageStore;
beforeEach(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), "bluegreen-test-"));
  store = new ImageStore(folder);
  await store.add({ id: "debian", tags: {} }, nothing);
  await store.add({ id: "base", parent: "debian", tags: { Name: "base" } }, nothing);
  await store.add({ id: "app", parent: "base", tags: { Name: "app" } }, nothing);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const nothing = () => Promise.resolve();

test.each([
  ["debian", ["debian"]],
  ["base", ["base", "debian"]],
  ["app", ["app", "base", "debian"]],
])("%s is made of the layers of %j, topmost first", async (id, layers) => {
  expect(await store.layers(id)).toEqual(layers.map((layer) => path.join(folder, layer, "layer")));
});

it("keeps what an image is, and its tags as they are told last", async () => {
  expect(await store.get("app")).toEqual({ id: "app", parent: "base", tags: { Name: "app" } });
  await store.describe({ id: "app", parent: "base", tags: { Version: "v1" } });
  expect(await new ImageStore(folder).get("app")).toEqual({ id: "app", parent: "base", tags: { Version: "v1" } });
});

it("has an image once it is whole, and keeps nothing of one that can't be made", async () => {
  const made = store.add({ id: "new", parent: "app", tags: {} }, async (layer) => {
    writeFileSync(path.join(layer, "half"), "");
    await expect(store.get("new")).rejects.toThrow("ENOENT");
    throw new Error("no space left");
  });
  await expect(made).rejects.toThrow("no space left");
  expect(readdirSync(folder).sort()).toEqual(["app", "base", "debian"]);
});

it("takes what a machine has written as it is", async () => {
  const upper = path.join(folder, "..", `${path.basename(folder)}-upper`);
  try {
    mkdirSync(path.join(upper, "etc"), { recursive: true });
    writeFileSync(path.join(upper, "etc/.hidden"), "text", { mode: 0o640 });
    utimesSync(path.join(upper, "etc/.hidden"), 1, 1);
    symlinkSync("/nowhere", path.join(upper, "link"));
    await store.addFrom({ id: "new", parent: "app", tags: {} }, upper);
  } finally {
    rmSync(upper, { recursive: true, force: true });
  }
  const layer = store.layer("new");
  expect(readFileSync(path.join(layer, "etc/.hidden"), "utf8")).toBe("text");
  const { mode, mtimeMs } = lstatSync(path.join(layer, "etc/.hidden"));
  expect([mode & 0o777, mtimeMs]).toEqual([0o640, 1000]);
  expect(lstatSync(path.join(layer, "link")).isSymbolicLink()).toBe(true);
  expect(await store.layers("new")).toHaveLength(4);
});

test.each([
  ["an image that is not there", "gone"],
  ["an image whose parent is not there", "orphan"],
])("derives nothing from %s", async (_, parent) => {
  await store.add({ id: "orphan", parent: "gone", tags: {} }, nothing);
  await expect(store.derive({ id: "new", parent, tags: {} }, "true")).rejects.toThrow(/ENOENT.*gone.image\.json/);
  expect(existsSync(path.join(folder, "new"))).toBe(false);
});
