import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { cliArguments, RunningOperation } from "../../automation/running.ts";
import { FakeTools } from "../tools/fake-path.ts";

describe("the command line of an operation", () => {
  test.each([
    ["up", {}, "up --stack dev --json --non-interactive --yes --skip-preview"],
    ["up", { preview: true, refresh: true }, "up --stack dev --json --non-interactive --yes --refresh"],
    ["preview", {}, "preview --stack dev --json --non-interactive"],
    ["refresh", { previewOnly: true }, "refresh --stack dev --json --non-interactive --preview-only"],
    [
      "refresh",
      { clearPendingCreates: true },
      "refresh --stack dev --json --non-interactive --yes --skip-preview --clear-pending-creates",
    ],
    ["destroy", {}, "destroy --stack dev --json --non-interactive --yes --skip-preview"],
  ] as const)("%s with %j", (operation, options, expected) =>
    expect(cliArguments({ operation, options, stack: "dev" }).join(" ")).toBe(expected),
  );
});

it("given work to do before the start, starts the CLI after it, in the process whose number was told", async () => {
  const tools = new FakeTools();
  try {
    tools.add("bin/pulumi", `echo $$ > ${tools.root}/pid`);
    const request = { operation: "up", options: {}, folder: tools.root, stack: "dev", env: process.env } as const;
    let told: number | undefined;
    let mayStart: () => void = () => undefined;
    const operation = new RunningOperation(
      request,
      () => undefined,
      (pid) => ((told = pid), new Promise((resolve) => (mayStart = resolve))),
    );
    await pause(300);
    expect(existsSync(path.join(tools.root, "pid"))).toBe(false);
    mayStart();
    expect(await operation.result).toMatchObject({ ok: true });
    expect(readFileSync(path.join(tools.root, "pid"), "utf8")).toBe(`${told}\n`);
  } finally {
    tools.remove();
  }
});

it("ends the CLI when the process that runs it is killed", async () => {
  const root = mkdtempSync(path.join(os.tmpdir(), "bluegreen-test-"));
  try {
    mkdirSync(path.join(root, "bin"));
    const cli = path.join(root, "bin", "pulumi");
    writeFileSync(cli, `#!/bin/sh\necho $$ > ${root}/pid\nwhile :; do date +%N > ${root}/beat; sleep 0.05; done\n`);
    chmodSync(cli, 0o755);
    const parent = path.join(root, "parent.ts");
    writeFileSync(
      parent,
      `import { RunningOperation } from ${JSON.stringify(path.resolve(import.meta.dirname, "../../automation/running.ts"))};
      new RunningOperation({ operation: "up", options: {}, folder: ${JSON.stringify(root)}, stack: "dev", env: process.env });`,
    );
    const child = spawn(process.execPath, [parent], {
      env: { ...process.env, PATH: `${path.join(root, "bin")}:${process.env.PATH}` },
    });
    while (!existsSync(path.join(root, "beat"))) await pause(20);
    child.kill("SIGKILL");
    await pause(500);
    const before = readFileSync(path.join(root, "beat"), "utf8");
    await pause(300);
    expect(readFileSync(path.join(root, "beat"), "utf8")).toBe(before);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
