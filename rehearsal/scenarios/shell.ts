import { spawn } from "node:child_process";
import type { Context } from "./context.ts";

/** Runs a script as a person's shell in the project's folder does; rejects with what it printed when it fails. */
export function shell({ session: { stack } }: Context, script: string): Promise<string> {
  const child = spawn("/bin/sh", ["-e", "-c", script], {
    cwd: stack.stackRef.folder,
    // What a person answers to "Do you want to perform this update?".
    env: { ...stack.environment(), PULUMI_SKIP_CONFIRMATIONS: "true" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text: Buffer) => (printed += text.toString()));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve(printed);
      else reject(new Error(`the commands ended with ${code}: ${script.trim()}\n${printed.slice(-2000)}`));
    });
  });
}
