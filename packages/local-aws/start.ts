import { fork } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { stop, whenReady } from "../../tools/process.ts";
import type { CloudMessage, CloudProcessOptions } from "./main.ts";

/** What `startCloud` takes; `timeScale` is 10 by default: ten AWS seconds pass in a real one. */
export type StartOptions = Omit<CloudProcessOptions, "timeScale"> & { timeScale?: number };

/** A cloud in a process of its own. */
export interface LocalAws {
  /** `http://127.0.0.1:PORT`: all of AWS, and the control paths below `/rehearsal/`. */
  endpoint: string;
  /** File with the certificate of the authority that signs the certificates of ACM, while the cloud runs. */
  certificateAuthority: string;
  /** The process that runs it. */
  pid: number;
  /** With machines: the process whose network namespace is theirs. */
  gateway?: number;
  /** Ends the cloud and everything that it started. */
  stop(): Promise<void>;
}

/** Starts the local cloud. It also ends by itself when this process goes, in whatever way. */
export async function startLocalAws(options: StartOptions): Promise<LocalAws> {
  const log = openSync(options.log, "a");
  const child = fork(join(import.meta.dirname, "main.ts"), [JSON.stringify({ timeScale: 10, ...options })], {
    stdio: ["ignore", log, log, "ipc"],
  });
  closeSync(log);
  const message = await whenReady(child, "The local cloud", (said) => said as CloudMessage);
  if ("error" in message) {
    throw new Error(
      `The local cloud could not start: ${message.error}. Look into ${options.log}, and check that ` +
        `${options.motoPython} has moto[server].`,
    );
  }
  return { ...message, pid: child.pid ?? 0, stop: () => stop(child) };
}
