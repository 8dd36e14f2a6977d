/**
 * A stand-in for Pulumi's own Node.js language host, `pulumi-language-nodejs`, which comes with the official CLI and is no
 * Go module. It is used only with a CLI that was built from its module and has none beside it (tools/pulumi-cli.ts).
 *
 * It serves the same service (LanguageRuntime of the SDK's proto files) and starts the same program, the SDK's own
 * `cmd/run`, with the arguments and variables that the official one gives. What `pulumi up` and its sisters don't ask
 * (generation of code, installation) is answered with "unimplemented".
 */
import { type ChildProcess, spawn } from "node:child_process";
import { connect } from "node:http2";
import { createRequire } from "node:module";
import path from "node:path";
import * as grpc from "@grpc/grpc-js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb.js";
import language from "@pulumi/pulumi/proto/language_pb.js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import { runPlugin } from "./run-plugin.ts";
import sdk from "@pulumi/pulumi/package.json" with { type: "json" };
import emptyPb from "google-protobuf/google/protobuf/empty_pb.js";

/** The exit code by which the SDK says that it has told the user everything itself (its cmd/run/index.js). */
const TOLD = 32;

/** The program, and a policy pack beside it. */
const running: ChildProcess[] = [];

/** The language host's options in Pulumi.yaml (`runtime: options`). */
interface RuntimeOptions {
  readonly typescript?: boolean;
  readonly tsconfig?: string;
  /** Arguments for Node, separated by blanks. */
  readonly nodeargs?: string;
}

/** The engine's address: the host's last argument, and told again in the handshake. */
let engine = process.argv.slice(2).find((argument) => !argument.startsWith("-"));

function end(): void {
  for (const child of running) child.kill("SIGKILL");
  process.exit(0);
}

/** The engine may be killed itself: the end of its server is the host's end. */
function endWithEngine(address: string): void {
  const session = connect(`http://${address}`);
  session.on("error", () => undefined);
  session.on("close", end);
}

function runArguments(request: language.RunRequest): string[] {
  const info = request.getInfo();
  const named = {
    monitor: request.getMonitorAddress(),
    engine,
    organization: request.getOrganization(),
    project: request.getProject(),
    "root-directory": info?.getRootDirectory(),
    stack: request.getStack(),
    pwd: info?.getProgramDirectory(),
    parallel: String(request.getParallel()),
  };
  return [
    ...Object.entries(named).flatMap(([name, value]) => (value ? [`--${name}`, value] : [])),
    ...(request.getDryrun() ? ["--dry-run"] : []),
    info?.getEntryPoint() ?? ".",
    ...request.getArgsList(),
  ];
}

function runEnvironment(request: language.RunRequest, options: RuntimeOptions): NodeJS.ProcessEnv {
  // The SDK takes keys in the old form, `<package>:config:<name>`, as the official host gives them.
  const config = request
    .getConfigMap()
    .toArray()
    .map(([key, value]) => [key.replace(":", ":config:"), value] as const);
  return {
    ...process.env,
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(config)),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
    PULUMI_NODEJS_TYPESCRIPT: String(options.typescript ?? true),
    ...(options.tsconfig === undefined ? {} : { PULUMI_NODEJS_TSCONFIG_PATH: options.tsconfig }),
  };
}

/** Runs the program and says how it ended, in the official host's words. */
function run(request: language.RunRequest): Promise<language.RunResponse> {
  const folder = request.getInfo()?.getProgramDirectory() ?? process.cwd();
  const options = (request.getInfo()?.getOptions()?.toJavaScript() ?? {}) as RuntimeOptions;
  const response = new language.RunResponse();
  let entry: string;
  try {
    entry = createRequire(path.join(folder, "package.json")).resolve("@pulumi/pulumi/cmd/run");
  } catch {
    return Promise.resolve(
      response.setError("It looks like the Pulumi SDK has not been installed. Have you run pulumi install?"),
    );
  }
  const nodeArguments = options.nodeargs?.split(" ").filter(Boolean) ?? [];
  const program = spawn("node", [...nodeArguments, entry, ...runArguments(request)], {
    env: runEnvironment(request, options),
    stdio: ["ignore", "inherit", "inherit"],
  });
  running.push(program);
  return new Promise((resolve) => {
    program.once("error", (error) => resolve(response.setError(`could not find node on the $PATH: ${error.message}`)));
    program.once("exit", (code, signal) => {
      if (code === TOLD) response.setBail(true);
      else if (code !== 0) response.setError(`Program exited with non-zero exit code: ${code ?? signal}`);
      resolve(response);
    });
  });
}

const answer = <Request, Response>(make: (request: Request) => Response | Promise<Response>) => {
  return (call: grpc.ServerUnaryCall<Request, Response>, callback: grpc.sendUnaryData<Response>): void => {
    void Promise.resolve(make(call.request)).then(
      (response) => callback(null, response),
      (error: Error) => callback({ code: grpc.status.UNKNOWN, details: error.message }),
    );
  };
};

const server = new grpc.Server();
server.addService(LanguageRuntimeService, {
  handshake: answer((request: language.LanguageHandshakeRequest) => {
    if (engine === undefined) endWithEngine((engine = request.getEngineAddress()));
    return new language.LanguageHandshakeResponse();
  }),
  getPluginInfo: answer(() => new plugin.PluginInfo().setVersion(sdk.version)),
  getRequiredPackages: answer(() => new language.GetRequiredPackagesResponse()),
  run: answer(run),
  runPlugin: (call: Parameters<typeof runPlugin>[0]) => runPlugin(call, (plugin) => void running.push(plugin)),
  cancel: answer(() => {
    for (const child of running) child.kill("SIGINT");
    return new emptyPb.Empty();
  }),
});
// How the engine ends a host: an interrupt, and five seconds later SIGKILL. Ctrl-C in a terminal does not reach it.
process.on("SIGINT", end);
process.on("SIGTERM", end);
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(port);
  if (engine !== undefined) endWithEngine(engine);
});
