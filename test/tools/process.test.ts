import { fork } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { isRunning, stop, whenPrinted, whenReady } from "../../tools/process.ts";

const processModule = path.resolve(import.meta.dirname, "../../tools/process.ts");
let folder: string;
beforeAll(() => (folder = mkdtempSync(path.join(os.tmpdir(), "bluegreen-test-"))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Forks a TypeScript text from a folder outside the project. */
function forkText(name: string, text: string) {
  const file = path.join(folder, `${name}.ts`);
  writeFileSync(file, text);
  return fork(file, [], { cwd: folder, stdio: ["ignore", "pipe", "ignore", "ipc"] });
}

const portOf = (message: unknown): number | undefined => (message as { port?: number }).port;

it("waits for the message it is to wait for, and stops the process", async () => {
  const child = forkText(
    "ready",
    `import { endWithParent } from ${JSON.stringify(processModule)};
     const port: number = 7; process.send!({ other: 1 }); process.send!({ port }); endWithParent(); setInterval(() => {}, 1000);`,
  );
  expect(await whenReady(child, "it", portOf)).toBe(7);
  await stop(child);
  expect(isRunning(child)).toBe(false);
});

it("waits for the first printed line, however it comes", async () => {
  const child = forkText(
    "printing",
    `process.stdout.write("50"); setTimeout(() => process.stdout.write("051\\nmore\\n"), 50); setInterval(() => {}, 1000);`,
  );
  expect(await whenPrinted(child, "it")).toBe("50051");
  await stop(child);
});

it("kills a process that does not heed SIGTERM", async () => {
  const child = forkText(
    "stubborn",
    `process.on("SIGTERM", () => {}); process.send!({ port: 1 }); setInterval(() => {}, 1000);`,
  );
  await whenReady(child, "it", portOf);
  await stop(child, 50);
  expect(child.signalCode).toBe("SIGKILL");
});

it("cleans up and ends when its parent goes away", async () => {
  const child = forkText(
    "orphan",
    `import { writeFileSync } from "node:fs"; import { endWithParent } from ${JSON.stringify(processModule)};
     endWithParent(() => process.exitCode = 3); process.send!({ port: 1 }); setInterval(() => {}, 1000);`,
  );
  await whenReady(child, "it", portOf);
  const exit = new Promise((resolve) => child.once("exit", resolve));
  child.disconnect();
  expect(await exit).toBe(0);
});

test.each([
  ["ends before", `process.exit(3);`, "it ended before it was ready (exit code 3)"],
  ["says nothing", `process.on("message", () => {}); setInterval(() => {}, 1000);`, "it was not ready within 0.5 s"],
])("fails when the process %s", async (name, text, message) => {
  const child = forkText(name.replace(" ", "-"), text);
  await expect(whenReady(child, "it", portOf, name === "says nothing" ? 500 : undefined)).rejects.toThrow(message);
  expect(isRunning(child)).toBe(false);
});
