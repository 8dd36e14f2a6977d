import { createWriteStream } from "node:fs";
import { endWithParent } from "../../tools/process.ts";
import { runCloud, type ClientOptions, type CloudOptions } from "./cloud.ts";
import { messageOf } from "./errors.ts";

/** What the process of a cloud is started with, as JSON in its first argument. */
export interface CloudProcessOptions extends CloudOptions {
  /** The file that log lines are appended to. */
  log: string;
}

/** What the process tells its parent, once. */
export type CloudMessage =
  { client: ClientOptions; certificateAuthority: string; gateway?: number; backingStore?: number } | { error: string };

function main(): void {
  const options = JSON.parse(process.argv[2] ?? "{}") as CloudProcessOptions;
  const file = createWriteStream(options.log, { flags: "a" });
  const log = (line: string): void => void file.write(`${new Date().toISOString()} ${line}\n`);
  // A parent that is gone hears nothing; the callback keeps that from being an error.
  const tell = (message: CloudMessage, then: () => void = () => undefined): void => {
    if (process.connected) {
      process.send?.(message, then);
    }
  };
  process.on("unhandledRejection", (error) => log(`unhandled: ${messageOf(error)}`));
  const starting = runCloud(options, log);
  endWithParent(async () => {
    const cloud = await starting;
    log("the cloud ends");
    await cloud.stop();
    await new Promise((resolve) => file.end(resolve));
  });
  starting.then(
    ({ client, certificateAuthority, gateway, backingStore }) => {
      log(`the cloud listens on ${client.endpoint}`);
      tell({ client, certificateAuthority, gateway, backingStore });
    },
    (error: unknown) => {
      log(`the cloud could not start: ${messageOf(error)}`);
      tell({ error: messageOf(error) }, () => process.exit(1));
    },
  );
}

main();
