import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { tryAccess } from "../aws/access.ts";
import { clientOptions } from "../aws/clients.ts";
import { AwsFault } from "../aws/fault.ts";
import { parseProviderConfig, type ProviderConfig } from "../aws/provider-keys.ts";
import { settingsOf } from "../config/parse.ts";
import type { Settings } from "../config/schema.ts";
import { clientsOf, type Clients } from "./clients.ts";
import { keptConfig, readConfig } from "./config.ts";
import { thisHolder } from "./store/holder.ts";
import type { Holder } from "./state/model.ts";
import { PulumiRunner } from "./runner.ts";
import { pulumi, selectedStack, type StackRef } from "./pulumi.ts";
import { parseStackState, type StackState } from "./state/stack-state.ts";
import { CliError } from "./error.ts";
import { SettingsFile } from "./settings-file.ts";
import type { Ui } from "./ui.ts";

export interface SessionArgs {
  /** Folder of the Pulumi project. */
  readonly cwd: string;
  /** Default: the stack that is selected there. */
  readonly stack?: string;
  readonly ui: Ui;
  /** Aborted by Ctrl-C, and when the lock is lost. */
  readonly interruption: AbortController;
  /** The state's backend is not asked for anything: secrets count as not set. Default: false. */
  readonly offline?: boolean;
  /** Whether AWS is tried beside the first reading of the state. Default: unless offline, where one more call that can fail helps nobody. */
  readonly trial?: boolean;
}

/** A stack that commands work on, with everything they need to ask and to change it. */
export interface Session {
  readonly stackRef: StackRef;
  /** The stack's own name, without organization and project: the value of the tag Environment. */
  readonly environment: string;
  /** The project's name: the settings' namespace, and the value of the tag Project. */
  readonly project: string;
  readonly file: SettingsFile;
  /** The settings as Pulumi has them, valid as a whole, secrets in clear. */
  readonly settings: Settings;
  readonly clients: Clients;
  /** The same in another region of the account. */
  readonly clientsIn: (region: string) => Clients;
  readonly runner: PulumiRunner;
  readonly holder: Holder;
  readonly ui: Ui;
  readonly interruption: AbortController;
  readonly signal: AbortSignal;
  /** What the state says now, once AWS has answered the trial. */
  readState(): Promise<StackState>;
}

/**
 * Opens a stack: its settings are read and checked before anything is asked of AWS, and AWS is tried beside the first reading of the state.
 * @throws CliError that says what is wrong with project, stack or settings
 */
export async function openSession(args: SessionArgs): Promise<Session> {
  const { cwd, stack: given, ui, interruption, offline, trial = !offline } = args;
  const { signal } = interruption;
  const folder = projectFolder(path.resolve(cwd));
  const project = projectIn(folder);
  const stack = given ?? (await selectedStack(folder).catch((error: unknown) => unnamed(error, offline)));
  if (stack === undefined)
    throw new CliError("usage", "Which stack? Name it with --stack, or select one: pulumi stack select.");
  const stackRef = { folder, stack };
  // Pulumi Cloud's whole name is org/project/stack; the settings' file goes by the last part.
  const environment = stack.split("/").at(-1) ?? stack;
  const file = new SettingsFile(folder, environment, project);
  // Also where Pulumi is asked: it says less of a stack that is not there.
  const stated = await file.read();
  const { values, secretKeys } = await (offline ? keptConfig(stackRef, stated) : readConfig(stackRef));
  const parsed = settingsOf(project, values, secretKeys);
  if ("faults" in parsed) throw new CliError("usage", parsed.faults);
  const { settings } = parsed;
  const config = providerConfig(values);
  const { clients, tryOut } = connect(config);
  let tried: Promise<void> | undefined;
  return {
    stackRef,
    environment,
    project,
    file,
    clients,
    clientsIn: (region) => connect({ ...config, region }).clients,
    ui,
    interruption,
    signal,
    holder: thisHolder(),
    settings,
    runner: new PulumiRunner(stackRef, signal),
    // Also after Ctrl-C: what has become of the traffic is read then, and told.
    readState: async () => {
      const exported = pulumi(stackRef, ["stack", "export"]);
      const [access, state] = await Promise.allSettled([(tried ??= trial ? tryOut() : Promise.resolve()), exported]);
      // Where both fail, the credentials are the reason for both: the state may be in a bucket.
      for (const result of [access, state]) if (result.status === "rejected") throw result.reason;
      return parseStackState(await exported, stack);
    },
  };
}

/** Only the backend knows which stack is selected: where it is down, the stack must be named. */
function unnamed(error: unknown, offline = false): never {
  if (!offline || !(error instanceof CliError)) throw error;
  throw new CliError(
    "usage",
    `Which stack? The state's backend can't be asked (${error.message}). Name it with --stack.`,
  );
}

/**
 * The project that a folder belongs to: as `pulumi` does, the nearest one upwards that has a Pulumi.yaml.
 * @throws CliError where there is none
 */
function projectFolder(from: string): string {
  for (let folder = from; ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, "Pulumi.yaml"))) return folder;
    if (folder === path.dirname(folder))
      throw new CliError(
        "usage",
        `${from} is no Pulumi project: neither it nor a folder above it has a Pulumi.yaml. Name the folder with --cwd.`,
      );
  }
}

function projectIn(folder: string): string {
  const file = path.join(folder, "Pulumi.yaml");
  const { name } = (parse(readFileSync(file, "utf8")) ?? {}) as { name?: unknown };
  if (typeof name !== "string")
    throw new CliError("usage", `${file}: name is ${JSON.stringify(name)}; it must be a text`);
  return name;
}

function providerConfig(config: Readonly<Record<string, string>>): ProviderConfig {
  const own = Object.entries(config).filter(([key]) => key.startsWith("aws:"));
  const parsed = parseProviderConfig(Object.fromEntries(own.map(([key, value]) => [key.slice("aws:".length), value])));
  if ("fault" in parsed) throw new CliError("usage", parsed.fault);
  return parsed.config;
}

/** The clients, and their trial, which begins when it is called. */
function connect(config: ProviderConfig): { clients: Clients; tryOut: () => Promise<void> } {
  try {
    const options = clientOptions(config);
    const clients = clientsOf(options);
    return { clients, tryOut: () => tryAccess(config, options, clients).catch(refuse) };
  } catch (error) {
    return refuse(error);
  }
}

function refuse(error: unknown): never {
  if (!(error instanceof AwsFault)) throw error;
  throw new CliError(error.kind === "config" ? "usage" : "failed", `${error.message}. Nothing was changed.`);
}
