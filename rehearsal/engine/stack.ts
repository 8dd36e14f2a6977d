import { existsSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { parse } from "yaml";
import { pulumiFolders, rehearsalEnvironment } from "./environment.ts";
import { callerVariable } from "../../deployment/variables.ts";
import { stackOutputs, type StackOutputs } from "../../deployment/stack-outputs.ts";
import type { OperationName, OperationOptions, OperationResult, Progress } from "../../automation/protocol.ts";
import { RunningOperation } from "../../automation/running.ts";
import { run } from "../../tools/run.ts";
import { type ConfigOverrides, stackSettings } from "./settings.ts";

/** Arguments of a `RehearsalStack`. */
export interface RehearsalStackArgs {
  /** The stack's name; its settings are those of the repository's Pulumi.<stackName>.yaml. */
  readonly stackName: string;
  /** Folder of the rehearsal's own Pulumi: its PULUMI_HOME and the state. Several stacks may share it. */
  readonly workDir: string;
  /** Folder of the project, with Pulumi.yaml: the rehearsal's copy, whose settings' files are written. */
  readonly project: string;
  /** Folder of the repository, whose settings are those before the rehearsal's own. */
  readonly repository: string;
  /** Folders that PATH begins with: the CLI, Node, the command. */
  readonly programs: readonly string[];
  /** Variables that the engine, the program and its hooks see: endpoint, keys, providers. */
  readonly env?: Readonly<Record<string, string>>;
  /** Settings laid over the repository's. */
  readonly config?: ConfigOverrides;
  /** What callers' names begin with; default: `pulumi`. */
  readonly caller?: string;
  /** Is told who calls AWS from now on: `pulumi-up`. */
  readonly onCaller?: (caller: string) => Promise<void>;
}

/** Options of an operation, and who is told of its progress. */
export interface RunOptions extends OperationOptions {
  readonly onProgress?: (progress: Progress) => void;
}

/**
 * A stack of this repository's program on a rehearsal's own state. Each operation is the `pulumi` command as a person types
 * it. Operations never reject; their result says how they went.
 */
export class RehearsalStack {
  private readonly args: RehearsalStackArgs;
  private config: ConfigOverrides;
  private env: Readonly<Record<string, string>>;

  constructor(args: RehearsalStackArgs) {
    this.args = args;
    this.config = args.config ?? {};
    this.env = args.env ?? {};
  }

  /** Lays more settings over the present ones, from the next operation on; `undefined` unsets one. */
  setConfig(config: ConfigOverrides): void {
    this.config = { ...this.config, ...config };
  }

  /** Adds to the variables that the next operations see. */
  setEnv(env: Readonly<Record<string, string>>): void {
    this.env = { ...this.env, ...env };
  }

  /** `pulumi up --yes`: a preview, then the update. */
  async up(options?: RunOptions): Promise<OperationResult> {
    return (await this.start("up", { preview: true, ...options })).result;
  }

  async preview(options?: RunOptions): Promise<OperationResult> {
    return (await this.start("preview", options)).result;
  }

  async refresh(options?: RunOptions): Promise<OperationResult> {
    return (await this.start("refresh", options)).result;
  }

  async destroy(options?: RunOptions): Promise<OperationResult> {
    return (await this.start("destroy", options)).result;
  }

  /** The outputs in the state, which a failed update may have left as they were. */
  async outputs(): Promise<StackOutputs> {
    return stackOutputs.parse(JSON.parse(await this.pulumi("stack", "output", "--json")));
  }

  /** Releases the lock that a killed operation left on the state. */
  async cancel(): Promise<void> {
    await this.pulumi("cancel", "--yes");
  }

  /** Makes it the one that commands work on which name no other. */
  async select(): Promise<void> {
    await this.pulumi("stack", "select");
  }

  /** Begins an operation that can be interrupted or killed on its way. */
  async start(operation: OperationName, { onProgress, ...options }: RunOptions = {}): Promise<RunningOperation> {
    await this.prepare();
    const { project: folder, stackName: stack, onCaller } = this.args;
    const caller = `${this.args.caller ?? "pulumi"}-${operation}`;
    await onCaller?.(caller);
    const env = { ...this.environment(), [callerVariable]: caller };
    return new RunningOperation({ operation, options, folder, stack, env }, onProgress);
  }

  /** The environment of whatever works on this stack: the engine, the program, and the release commands. */
  environment(): NodeJS.ProcessEnv {
    const { workDir, programs } = this.args;
    const env = rehearsalEnvironment(process.env, workDir, this.env);
    return { ...env, PATH: [...programs, env.PATH].join(path.delimiter) };
  }

  /** A stack of another project on the same cloud, by the same CLI; `config` is laid over what this one began with. */
  beside(stackName: string, project: string, config: ConfigOverrides): RehearsalStack {
    const { args } = this;
    return new RehearsalStack({
      ...args,
      stackName,
      project,
      repository: project,
      // Not the stack's rights: what it calls is another program's.
      caller: "beside",
      config: { ...args.config, ...config },
    });
  }

  /** Folder with the stack's own Pulumi.yaml and settings, and the stack's name. */
  get stackRef(): { folder: string; stack: string } {
    return { folder: this.args.project, stack: this.args.stackName };
  }

  /** Writes the stack's settings, and makes the stack where there is none yet; it is the selected one then. */
  async prepare(): Promise<void> {
    const name = await this.writeSettings();
    const { state } = pulumiFolders(this.args.workDir);
    if (!existsSync(path.join(state, ".pulumi", "stacks", name, `${this.args.stackName}.json`)))
      await this.pulumi("stack", "init");
  }

  /** Writes the stack's settings. @returns the project's name */
  async writeSettings(): Promise<string> {
    const { stackName, workDir, project, repository } = this.args;
    const { home, state } = pulumiFolders(workDir);
    await Promise.all([home, state].map((folder) => mkdir(folder, { recursive: true })));
    const { name } = parse(await readFile(path.join(project, "Pulumi.yaml"), "utf8")) as { name: string };
    const file = `Pulumi.${stackName}.yaml`;
    const [before, current] = await Promise.all([repository, project].map((dir) => read(path.join(dir, file))));
    await replace(path.join(project, file), stackSettings(name, before, current, this.config));
    return name;
  }

  private pulumi(...args: string[]): Promise<string> {
    const { project: cwd, stackName } = this.args;
    const whole = [...args, "--stack", stackName, "--non-interactive"];
    return run("pulumi", whole, { cwd, env: this.environment() });
  }
}

/** Writes a file whole or not at all, also when this process is killed meanwhile. */
async function replace(file: string, text: string): Promise<void> {
  const temporary = `${file}.${process.pid}`;
  await writeFile(temporary, text);
  await rename(temporary, file);
}

/** The text of a file, empty when there is none. */
async function read(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}
