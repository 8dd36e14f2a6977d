import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { claim, isAlive } from "../../tools/claim.ts";
import { CleanUp } from "../../tools/clean-up.ts";

const folder = () => mkdtempSync(path.join(tmpdir(), "claim-"));

test("a free folder is claimed until the clean-up", async () => {
  const [place, cleanUp] = [folder(), new CleanUp()];
  await claim(place, cleanUp);
  expect(existsSync(path.join(place, "pid"))).toBe(true);
  await cleanUp.run();
  expect(existsSync(path.join(place, "pid"))).toBe(false);
});

test("fails while another process holds it, and not once that is gone", async () => {
  const place = folder();
  const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  const pid = other.pid ?? 0;
  writeFileSync(path.join(place, "pid"), String(pid));
  await expect(claim(place, new CleanUp())).rejects.toThrow(`Another rehearsal (process ${pid}) uses ${place}`);
  other.kill("SIGKILL");
  await once(other, "exit");
  expect(isAlive(pid)).toBe(false);
  await claim(place, new CleanUp());
});
