import { createWriteStream } from "node:fs";
import { endWithParent } from "../tools/process";
import { runCloud, type CloudOptions } from "./cloud";
import { messageOf } from "./errors";

/** What the process of a cloud is started with, as JSON in its first argument. */
export interface CloudProcessOptions extends CloudOptions {
  /** The file that log lines are appended to. */
  log: string;
}

/** What the process tells its parent, once. */
export type CloudMessage = { endpoint: string } | { error: string };

function main(): void {
  const options = JSON.parse(process.argv[2] ?? "{}") as CloudProcessOptions;
  const file = createWriteStream(options.log, { flags: "a" });
  const log = (line: string): void => void file.write(`${new Date().toISOString()} ${line}\n`);
  process.on("unhandledRejection", (error) => log(`unhandled: ${messageOf(error)}`));
  const starting = runCloud(options, log);
  endWithParent(async () => {
    const cloud = await starting;
    log("the cloud ends");
    await cloud.stop();
    await new Promise((resolve) => file.end(resolve));
  });
  starting.then(
    ({ endpoint }) => {
      log(`the cloud listens on ${endpoint}`);
      process.send?.({ endpoint } satisfies CloudMessage);
    },
    (error: unknown) => {
      log(`the cloud could not start: ${messageOf(error)}`);
      process.send?.({ error: messageOf(error) } satisfies CloudMessage, () => process.exit(1));
    },
  );
}

main();
