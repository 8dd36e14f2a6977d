import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import type { Left } from "./traffic-amid-update-process.ts";

// By the real engine: which hooks it calls, and what it deletes behind a program that fails, is its own.
async function replaceGreen(moment: string): Promise<Record<"amid" | "again" | "after", Left>> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "bluegreen-guards-"));
  try {
    const script = path.join(import.meta.dirname, "traffic-amid-update-process.ts");
    const { stdout } = await promisify(execFile)(process.execPath, [script, folder, moment]);
    return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Awaited<ReturnType<typeof replaceGreen>>;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const [v2, v3] = ["ami-00000002", "ami-00000003"];
const changed = "its image may not change in place";

test("given an update that is about to replace green's group, when a direct rollback gives green all requests, then v2 alone goes on serving", async () => {
  const { amid, again, after } = await replaceGreen("before the group");
  expect(amid).toMatchObject({ ok: false, template: ["update"], images: [v2] });
  expect(amid.errors.join()).toContain("The group of green, which has traffic, would be replaced");
  expect(again).toMatchObject({ ok: false, images: [v2] });
  expect(again.errors.join()).toContain(changed);
  expect(after).toMatchObject({ ok: true, images: [v3] });
}, 300_000);

test("given an update that is replacing green's group, when a direct rollback gives green all requests, then v2 stays until they are away", async () => {
  const { amid, again, after } = await replaceGreen("beside the new group");
  expect(amid).toMatchObject({ ok: false, images: [v2, v3] });
  expect(amid.errors.join()).toContain("The earlier group of green, which has traffic, would be deleted");
  expect(again).toMatchObject({ ok: false, group: [], images: [v2, v3] });
  expect(again.errors.join()).toContain(changed);
  expect(after).toMatchObject({ ok: true, group: ["delete-replaced"], images: [v3] });
}, 300_000);
