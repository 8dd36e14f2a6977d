import { bake, check, cutover, release, shift, stage } from "../../cli/commands/release.ts";
import { continueRelease } from "../../cli/commands/continue.ts";
import { retire } from "../../cli/commands/retire.ts";
import { rollback } from "../../cli/commands/rollback.ts";
import type { Context } from "../../cli/commands/context.ts";
import { thisHolder } from "../../cli/store/holder.ts";
import { PulumiRunner } from "../../cli/runner.ts";
import { pulumi } from "../../cli/pulumi.ts";
import { parseStackState } from "../../cli/state/stack-state.ts";
import { CliError } from "../../cli/error.ts";
import type { Session } from "../../cli/session.ts";
import { SettingsFile } from "../../cli/settings-file.ts";
import type { Ui } from "../../cli/ui.ts";
import { settingsOf } from "./engine-state.ts";
import { folderOf, images, type ImageName, type Stack } from "./stack.ts";
import type { Process } from "./simulation.ts";

/** How a command ended: "ok", or the code of its refusal, or "crash" for what no command may throw. */
export interface End {
  readonly code: string;
  readonly message: string;
}

export interface Command {
  /** As a person types it: `release X`, `rollback`, `retire`; `up activeColor=green`, after an edit of the settings. */
  readonly line: string;
  readonly checkout: string;
}

/** Starts a command in a process. */
export async function runCommand(stack: Stack, process: Process, { line, checkout }: Command): Promise<End> {
  try {
    await stack.simulation.in(process, () => execute(stack, process, line, folderOf(checkout)));
    return { code: "ok", message: "" };
  } catch (error) {
    const { message } = error as Error;
    if (error instanceof CliError) return { code: error.code, message };
    return { code: line.startsWith("up") ? "failed" : unexpected(error), message };
  }
}

/** AWS's own errors pass through a command; anything else is a fault of the tool. */
const unexpected = (error: unknown): string =>
  error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError ? "crash" : "failed";

async function execute(stack: Stack, process: Process, line: string, folder: string): Promise<void> {
  const [command, ...words] = line.split(" ");
  const option = (name: string) =>
    words
      .find((word) => word.startsWith(`--${name}=`))
      ?.split("=")
      .slice(1)
      .join("=");
  if (command === "up") {
    stack.edit(folder, words);
    return stack.backend.run(process, folder, ["up"]);
  }
  const context = contextOf(stack, folder);
  const image = images[words[0] as ImageName]?.id;
  const goal = {
    strategy: option("strategy") ?? (words.includes("--canary") ? "canary=10%,2s" : "all-at-once"),
    bake: option("bake") ?? "2s",
    retire: words.includes("--retire") ? (true as const) : option("retire"),
    previewSize: option("preview-size"),
  };
  const yes = true;
  switch (command) {
    case "release":
      return release(context, image, goal);
    case "stage":
      return stage(context, image, goal);
    case "cutover":
      return cutover(context, goal);
    case "check":
      return check(context, { rollback: words.includes("--rollback") });
    case "shift":
      return shift(context, words[0]);
    case "bake":
      return bake(context, { for: "2s" });
    case "continue":
      return continueRelease(context, { expired: words.includes("--expired") });
    case "retire":
      return retire(context);
    case "rollback":
      return rollback(context, {
        yes,
        direct: words.includes("--direct"),
        to: option("to"),
        override: option("override"),
      });
    default:
      throw new Error(`The explorer does not know the command ${line}`);
  }
}

/** What a command finds of its surroundings. */
function contextOf(stack: Stack, folder: string): Context {
  const interruption = new AbortController();
  const { signal } = interruption;
  const tell = { now: () => undefined, watch: () => undefined, keep: () => undefined };
  const ui = {
    mode: "lines",
    step: (_name: string, _title: string, run: (teller: typeof tell) => unknown) => run(tell),
    say: (line: string) => stack.simulation.note(`says: ${line}`),
    result: () => undefined,
    error: () => undefined,
  } as unknown as Ui;
  const stackRef = { folder, stack: "dev" };
  const session = (): Session => ({
    stackRef,
    environment: "dev",
    project: "bluegreen",
    file: new SettingsFile(folder, "dev", "bluegreen"),
    settings: settingsOf(stack.files.get(`${folder}/Pulumi.dev.yaml`) ?? ""),
    clients: stack.aws.clients(),
    clientsIn: (region) => {
      throw new Error(`nobody expected a question to ${region}`);
    },
    runner: new PulumiRunner(stackRef, signal),
    holder: thisHolder(),
    ui,
    interruption,
    signal,
    readState: async () => parseStackState(await pulumi(stackRef, ["stack", "export"]), "dev"),
  });
  return { ui, interruption, open: () => Promise.resolve().then(session) };
}
