import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import type * as grpc from "@grpc/grpc-js";
import language from "@pulumi/pulumi/proto/language_pb.js";

/**
 * Runs a policy pack for the engine as the official Node.js language host does (its RunPlugin): the SDK's own
 * `cmd/run-policy-pack`, in the pack's folder, with what it writes and its exit code as the answer's parts. The official host
 * also gives the pack the stack's config as environment variables; this one doesn't, and this project's pack reads none.
 * @param started gets the process, for whoever must end it
 */
export function runPlugin(
  call: grpc.ServerWritableStream<language.RunPluginRequest, language.RunPluginResponse>,
  started: (plugin: ChildProcess) => void,
): void {
  const { request } = call;
  const folder = request.getInfo()?.getProgramDirectory() ?? request.getPwd();
  const fail = (message: string) => void call.destroy(Object.assign(new Error(message), { details: message }));
  if (request.getKind() !== "analyzer")
    return fail(`only policy packs run here, not a plugin of kind ${request.getKind()}`);
  let entry: string;
  try {
    entry = createRequire(path.join(folder, "package.json")).resolve("@pulumi/pulumi/cmd/run-policy-pack");
  } catch {
    return fail("It looks like the policy pack's dependencies are not installed. Have you run npm ci?");
  }
  const environment = request.getEnvList().map((pair) => pair.split(/=(.*)/s).slice(0, 2) as [string, string]);
  const plugin = spawn("node", [entry, ...request.getArgsList(), folder], {
    cwd: folder,
    env: Object.fromEntries(environment),
    stdio: ["ignore", "pipe", "pipe"],
  });
  started(plugin);
  const write = (response: language.RunPluginResponse) => void (call.cancelled || call.write(response));
  plugin.stdout.on("data", (chunk: Buffer) => write(new language.RunPluginResponse().setStdout(chunk)));
  plugin.stderr.on("data", (chunk: Buffer) => write(new language.RunPluginResponse().setStderr(chunk)));
  plugin.once("error", (error) => fail(`could not find node on the $PATH: ${error.message}`));
  plugin.once("close", (code) => {
    write(new language.RunPluginResponse().setExitcode(code ?? 1));
    call.end();
  });
  call.once("cancelled", () => plugin.kill("SIGKILL"));
}
