import { createWriteStream } from "node:fs";
import { runCloud, type CloudOptions } from "./cloud";
import { messageOf } from "./errors";

/** What the process of a cloud is started with, as JSON in its first argument. */
export interface CloudProcessOptions extends CloudOptions {
  /** The file that log lines are appended to. */
  log: string;
}

/** What the process tells its parent, once. */
export type CloudMessage = { endpoint: string } | { error: string };

async function main(): Promise<void> {
  const options = JSON.parse(process.argv[2] ?? "{}") as CloudProcessOptions;
  const file = createWriteStream(options.log, { flags: "a" });
  const log = (line: string): void => void file.write(`${new Date().toISOString()} ${line}\n`);
  const tell = (message: CloudMessage): void => void process.send?.(message);
  const cloud = await runCloud(options, log).catch((error: unknown) => {
    log(`the cloud could not start: ${messageOf(error)}`);
    tell({ error: messageOf(error) });
    process.exit(1);
  });
  let ending = false;
  const end = (why: string): void => {
    if (!ending) {
      ending = true;
      log(`the cloud ends: ${why}`);
      void cloud.stop().finally(() => file.end(() => process.exit(0)));
    }
  };
  process.on("disconnect", () => end("its parent is gone"));
  process.on("message", (message) => message === "stop" && end("it was asked to"));
  process.on("SIGTERM", () => end("SIGTERM"));
  process.on("unhandledRejection", (error) => log(`unhandled: ${messageOf(error)}`));
  log(`the cloud listens on ${cloud.endpoint}`);
  tell({ endpoint: cloud.endpoint });
}

// Ctrl-C reaches the whole process group; the parent decides when the cloud ends.
process.on("SIGINT", () => undefined);
void main();
