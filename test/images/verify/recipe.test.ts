import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "../../../images/build/layers.ts";
import { recipe } from "../../../images/verify/recipe.ts";

jest.mock("../../../images/build/layers.ts", () => {
  const { mkdtempSync } = jest.requireActual<typeof import("node:fs")>("node:fs");
  return { ROOT: mkdtempSync(`${jest.requireActual<typeof import("node:os")>("node:os").tmpdir()}/bluegreen-test-`) };
});

const write = (file: string, text: string): void => {
  mkdirSync(path.dirname(path.join(ROOT, file)), { recursive: true });
  writeFileSync(path.join(ROOT, file), text);
};
beforeEach(() => {
  for (const folder of [
    "packages/app",
    "images/build",
    "packages/boot-gate",
    "goss",
    "packer",
    "packages/machines",
    "tools",
  ])
    write(`${folder}/a`, folder);
  write("goss/parts/b.yaml", "file: {}\n");
  write("package-lock.json", "{}");
});
afterEach(() => rmSync(ROOT, { recursive: true, force: true }));

it("is the same for the same files", async () => {
  const first = await recipe();
  expect(first).toMatch(/^[0-9a-f]{64}$/);
  rmSync(ROOT, { recursive: true });
  write("package-lock.json", "{}");
  write("goss/parts/b.yaml", "file: {}\n");
  for (const folder of [
    "tools",
    "packages/machines",
    "packer",
    "goss",
    "packages/boot-gate",
    "images/build",
    "packages/app",
  ])
    write(`${folder}/a`, folder);
  expect(await recipe()).toBe(first);
});

const move = (from: string, to: string, text: string): void => {
  rmSync(path.join(ROOT, from));
  write(to, text);
};
test.each<[string, boolean, () => void]>([
  ["another text", true, () => write("packages/app/a", "changed")],
  ["a text deep down", true, () => write("goss/parts/b.yaml", "file: null\n")],
  ["one file more, and be it empty", true, () => write("tools/b", "")],
  ["one file less", true, () => rmSync(path.join(ROOT, "packer/a"))],
  ["another name", true, () => move("packages/boot-gate/a", "packages/boot-gate/b", "boot-gate")],
  ["another folder", true, () => move("goss/parts/b.yaml", "goss/b.yaml", "file: {}\n")],
  ["a text that becomes a part of its name", true, () => move("packages/app/a", "packages/app/aapp", "")],
  ["other packages", true, () => write("package-lock.json", '{"lockfileVersion": 3}')],
  [
    "what a build leaves behind",
    false,
    () => (write("packages/app/dist/app.cjs", "x"), write("packages/app/node_modules/x/y", "x")),
  ],
  ["what no image is made of", false, () => (write("components/fleet.ts", "x"), write("rehearsal/main.ts", "x"))],
])("%s: another recipe is %s", async (_, another, change) => {
  const first = await recipe();
  change();
  expect((await recipe()) !== first).toBe(another);
});
