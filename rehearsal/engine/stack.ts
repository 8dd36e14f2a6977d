import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import type { PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import { pulumiFolders, rehearsalEnvironment } from "./environment.ts";
import type { OperationName, OperationOptions, OperationResult, Progress } from "../../engine/protocol.ts";
import { RunningOperation } from "../../engine/running.ts";
import { type ConfigOverrides, projectSettings, stackSettings } from "./settings.ts";

/** Arguments of a `RehearsalStack`. */
export interface RehearsalStackArgs {
  /** The stack's name; its settings are those of the repository's Pulumi.<stackName>.yaml. */
  readonly stackName: string;
  /** The CLI to use, as `findPulumi` finds it. */
  readonly pulumi: PulumiCommand;
  /** Folder for state, PULUMI_HOME and settings of the rehearsal; made when it is not there. */
  readonly workDir: string;
  /** Variables that the engine, the program and its hooks see: endpoint, keys, providers. */
  readonly env?: Readonly<Record<string, string>>;
  /** Settings laid over the repository's. */
  readonly config?: ConfigOverrides;
  /** Folder of the Pulumi project. Default: this repository. */
  readonly projectDir?: string;
  /** Module with the program, relative to `projectDir`. Default: `index.ts`. */
  readonly program?: string;
}

/** Options of an operation, and who is told of its progress. */
export interface RunOptions extends OperationOptions {
  readonly onProgress?: (progress: Progress) => void;
}

/**
 * A stack of this repository's program on a rehearsal's own state: the real engine with the program inline, every
 * operation in a fresh process. Operations never reject; their result says how they went.
 */
export class RehearsalStack {
  private readonly projectDir: string;
  private config: ConfigOverrides;
  private env: Readonly<Record<string, string>>;

  private readonly args: RehearsalStackArgs;

  constructor(args: RehearsalStackArgs) {
    this.args = args;
    this.projectDir = args.projectDir ?? path.resolve(import.meta.dirname, "../..");
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

  async up(options?: RunOptions): Promise<OperationResult> {
    return (await this.start("up", options)).result;
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
  async outputs(): Promise<Readonly<Record<string, unknown>>> {
    const result = await (await this.start("outputs")).result;
    if (!result.ok) throw new Error(`outputs of stack ${this.args.stackName}: ${result.error}`);
    return result.outputs;
  }

  /** Releases the lock that a killed operation left on the state. */
  async cancel(): Promise<OperationResult> {
    return (await this.start("cancel")).result;
  }

  /** Begins an operation that can be interrupted or killed on its way. */
  async start(operation: OperationName, { onProgress, ...options }: RunOptions = {}): Promise<RunningOperation> {
    const { stackName, pulumi, workDir, program } = this.args;
    const stateFile = await this.prepare();
    const request = {
      operation,
      stackName,
      workDir,
      stateFile,
      pulumiRoot: path.isAbsolute(pulumi.command) ? path.resolve(pulumi.command, "../..") : undefined,
      program: path.resolve(this.projectDir, program ?? "index.ts"),
      options,
    };
    return new RunningOperation(request, { env: this.environment(), cwd: this.projectDir }, onProgress);
  }

  /** The environment of whatever works on this stack: the engine, the program, and the release commands. */
  environment(): NodeJS.ProcessEnv {
    return rehearsalEnvironment(process.env, this.args.workDir, this.env);
  }

  /** Folder with the stack's own Pulumi.yaml and settings, and the stack's name. */
  get place(): { folder: string; stack: string } {
    return { folder: this.args.workDir, stack: this.args.stackName };
  }

  /** Writes the project's and the stack's settings; returns the path of the stack's state. */
  private async prepare(): Promise<string> {
    const { stackName, workDir } = this.args;
    const { home, state } = pulumiFolders(workDir);
    await Promise.all([home, state].map((folder) => mkdir(folder, { recursive: true })));
    const project = projectSettings(await readFile(path.join(this.projectDir, "Pulumi.yaml"), "utf8"));
    await replace(path.join(workDir, "Pulumi.yaml"), project.text);
    const file = `Pulumi.${stackName}.yaml`;
    const [repository, current] = await Promise.all(
      [this.projectDir, workDir].map((dir) => read(path.join(dir, file))),
    );
    await replace(path.join(workDir, file), stackSettings(project.name, repository, current, this.config));
    return path.join(state, ".pulumi", "stacks", project.name, `${stackName}.json`);
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
