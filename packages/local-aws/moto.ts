import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { once } from "node:events";
import { messageOf } from "./errors.ts";

/** moto's server, a process of its own. */
export interface Moto {
  /** `http://127.0.0.1:PORT`. */
  readonly endpoint: string;
  stop(): Promise<void>;
}

/**
 * Starts moto on a free port and waits until it listens.
 * @param python The Python executable of the virtual environment that holds moto.
 * @param onLine Gets each line that moto writes.
 * @param certificates Folder in which ACM's authority and its issued certificates with their keys are put; undefined: ACM
 * is moto's own.
 */
export async function startMoto(python: string, onLine: (line: string) => void, certificates?: string): Promise<Moto> {
  const child = spawn(python, [join(import.meta.dirname, "moto_server.py")], {
    stdio: ["pipe", "pipe", "pipe"],
    env: {
      ...process.env,
      MOTO_EC2_LOAD_DEFAULT_AMIS: "false",
      MOTO_IAM_LOAD_MANAGED_POLICIES: "true",
      MOTO_ENABLE_AMI_VALIDATION: "true",
      MOTO_EC2_ENABLE_INSTANCE_TYPE_VALIDATION: "true",
      BLUEGREEN_CERTIFICATES: certificates ?? "",
      PYTHONUNBUFFERED: "1",
      NO_COLOR: "1",
    },
  });
  createInterface({ input: child.stderr }).on("line", onLine);
  const exit = once(child, "exit");
  const failure = Promise.race([
    once(child, "error").then(([error]) => {
      throw new Error(`moto could not start: ${messageOf(error)}`);
    }),
    exit.then(([code]) => {
      throw new Error(`moto ended with exit code ${code} before it listened; its words stand in the log.`);
    }),
  ]);
  // A moto that ends later, when nobody waits for its port any more, is no unhandled rejection.
  failure.catch(() => undefined);
  const port = await Promise.race([once(createInterface({ input: child.stdout }), "line"), failure]);
  return {
    endpoint: `http://127.0.0.1:${port[0]}`,
    async stop() {
      child.stdin.end();
      await exit;
    },
  };
}
