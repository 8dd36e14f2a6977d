import { spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import * as grpc from "@grpc/grpc-js";
import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import untypedEngine from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb.js";
import language from "@pulumi/pulumi/proto/language_pb.js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import * as pulumi from "@pulumi/pulumi";
import { stringify } from "yaml";

type Main = () => Promise<Record<string, unknown>>;

/** The SDK's own state, one a program: its types keep it to themselves. */
const globals = globalThis as unknown as { globalStore: { terminated?: boolean } | undefined };
const engine = untypedEngine as unknown as {
  EngineClient: { prototype: { log: (this: unknown, request: unknown, done: () => void) => unknown } };
};
const { resetOptions, disconnectSync, grpcClientOptions } = pulumi.runtime as unknown as {
  resetOptions: (...args: unknown[]) => void;
  disconnectSync: () => void;
  grpcClientOptions: grpc.ChannelOptions;
};
// Connections are shared by address, a failed one included: an engine on the port of an earlier one would get that.
grpcClientOptions["grpc.use_local_subchannel_pool"] = 1;

/**
 * The SDK sends one message after the other, for ever: one that comes when its engine has gone would hold up those of all
 * later runs. Here it is dropped.
 */
const { log } = engine.EngineClient.prototype;
engine.EngineClient.prototype.log = function (this: unknown, request: unknown, done: () => void) {
  try {
    return log.call(this, request, done);
  } catch {
    done();
  }
};

/** Told of the errors that the running program does not catch; those of one that has ended are dropped. */
let onUncaught: (error: Error) => void = () => undefined;
const caught = (error: unknown): void => {
  // As the SDK does: an error of the engine's own connection follows from one that the engine has told already.
  if (error instanceof Error && !("details" in error)) onUncaught(error);
};

/** Milliseconds for the last rejections of a program that failed: they must not reach the next one. */
const restMs = 50;

/** Milliseconds between two looks for the end of the engine's connection. */
const lookMs = 20;

/**
 * Resolves once the SDK has taken its connection to the engine for ended, as it does where a step failed. A program in a
 * process of its own ends then, whatever it still waits for: nothing is left that could wake it.
 */
async function disconnected(signal: AbortSignal): Promise<void> {
  while (!globals.globalStore?.terminated && !signal.aborted) await pause(lookMs);
}

/** Runs the program in this process, once a request: the SDKs are loaded once for all of them. */
async function run(main: Main, request: language.RunRequest): Promise<language.RunResponse> {
  globals.globalStore = undefined;
  const [project, stack, parallel] = [request.getProject(), request.getStack(), request.getParallel()];
  const [address] = request.getArgsList();
  const where = [address, request.getMonitorAddress(), request.getDryrun(), request.getOrganization()];
  resetOptions(project, stack, parallel, ...where);
  pulumi.runtime.setAllConfig(Object.fromEntries(request.getConfigMap().toArray()));
  const uncaught = new Promise<never>((_, reject) => (onUncaught = reject));
  const ended = new AbortController();
  try {
    const ran = pulumi.runtime.runInPulumiStack(main).then(() => "ran");
    const end = await Promise.race([ran, uncaught, disconnected(ended.signal)]);
    if (end !== "ran") return new language.RunResponse().setBail(true);
    await pulumi.runtime.disconnect();
    return new language.RunResponse();
  } catch (error) {
    await pause(restMs);
    disconnectSync();
    return new language.RunResponse().setError((error as Error).message);
  } finally {
    ended.abort();
    onUncaught = () => undefined;
    // What a run that failed has left unfinished is no leak of this process.
    globals.globalStore = undefined;
  }
}

/** A language runtime that runs `main`; the CLI is told of it by `--client`. */
export async function serveProgram(main: Main): Promise<{ port: number; stop(): void }> {
  process.on("uncaughtException", caught).on("unhandledRejection", caught);
  const server = new grpc.Server();
  type Unary<Q, A> = grpc.handleUnaryCall<Q, A>;
  const handleRun: Unary<language.RunRequest, language.RunResponse> = ({ request }, callback) =>
    void run(main, request).then((response) => callback(null, response));
  const getPluginInfo: Unary<unknown, plugin.PluginInfo> = (_, callback) =>
    callback(null, new plugin.PluginInfo().setVersion("1.0.0"));
  const getRequiredPackages: Unary<unknown, language.GetRequiredPackagesResponse> = (_, callback) =>
    callback(null, new language.GetRequiredPackagesResponse());
  const service = LanguageRuntimeService as unknown as grpc.ServiceDefinition;
  server.addService(service, { run: handleRun, getPluginInfo, getRequiredPackages });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  return { port, stop: () => server.forceShutdown() };
}

/** How an operation went. */
export interface Outcome {
  ok: boolean;
  /** The engine's steps that touch something, as "op urn", sorted. */
  steps: string[];
  errors: string[];
  warnings: string[];
  infos: string[];
  outputs: Record<string, unknown>;
}

export interface EngineArgs {
  /** The CLI. */
  command: string;
  /** Folder for project, state and PULUMI_HOME. */
  folder: string;
  env: NodeJS.ProcessEnv;
  /** Port of the program's language runtime. */
  program: number;
  projectText: string;
}

const stack = "dev";

/** The real CLI on a state of its own, with the program in this process. */
export class Engine {
  private readonly args: EngineArgs;

  constructor(args: EngineArgs) {
    this.args = args;
  }

  async open(): Promise<void> {
    await mkdir(this.args.folder, { recursive: true });
    await writeFile(path.join(this.args.folder, "Pulumi.yaml"), this.args.projectText);
    await this.run(["stack", "init", stack], () => undefined);
  }

  async configure(config: Readonly<Record<string, unknown>>): Promise<void> {
    await writeFile(path.join(this.args.folder, `Pulumi.${stack}.yaml`), stringify({ config }));
  }

  preview(): Promise<Outcome> {
    return this.operate(["preview"]);
  }

  up(): Promise<Outcome> {
    return this.operate(["up", "--yes", "--skip-preview"]);
  }

  private async operate(words: string[]): Promise<Outcome> {
    const steps: string[] = [];
    const said: Record<string, string[]> = { error: [], warning: [], info: [] };
    let outputs: Record<string, unknown> = {};
    const client = [`--client=127.0.0.1:${this.args.program}`, "--exec-kind", "auto.inline", "--json"];
    const { code, stderr } = await this.run([...words, "--stack", stack, ...client], (line) => {
      if (!line.startsWith("{")) return;
      const event = JSON.parse(line) as EngineEvent;
      const { diagnosticEvent, resourcePreEvent, resOutputsEvent } = event;
      if (diagnosticEvent) {
        const text = diagnosticEvent.message.replace(/<\{%.*?%\}>/g, "").trim();
        said[diagnosticEvent.severity.replace("#err", "")]?.push(text);
      }
      const step = resourcePreEvent?.metadata;
      if (step && !["same", "read"].includes(step.op)) steps.push(`${step.op} ${step.urn}`);
      const done = resOutputsEvent?.metadata;
      if (done?.type === "pulumi:pulumi:Stack" && done.new?.outputs) ({ outputs } = done.new);
    });
    if (code !== 0 && said.error.length === 0) said.error.push(stderr.trim());
    return {
      ok: code === 0,
      steps: steps.sort(),
      errors: said.error,
      warnings: said.warning,
      infos: said.info,
      outputs,
    };
  }

  private run(words: string[], onLine: (line: string) => void): Promise<{ code: number | null; stderr: string }> {
    const { command, folder: cwd, env } = this.args;
    const child = spawn(command, [...words, "--non-interactive"], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    let stderr = "";
    child.stderr.on("data", (text: Buffer) => (stderr += text.toString()));
    const lines = createInterface({ input: child.stdout });
    lines.on("line", onLine);
    return new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolve({ code, stderr }));
    });
  }
}
