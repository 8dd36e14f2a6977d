import { existsSync } from "node:fs";
import { LocalWorkspace, type PulumiCommand, type PulumiFn, Stack } from "@pulumi/pulumi/automation/index.js";

/** A stack, and its outputs as they stand in the state. */
export interface OpenedStack {
  readonly stack: Stack;
  readonly outputs: () => Promise<Record<string, unknown>>;
}

/**
 * Opens a stack; with `stateFile`, creates it when that file of a file backend is not there yet.
 *
 * The Automation API selects the stack before an operation, and reads its outputs and its history after it, by calls of
 * the CLI that take about 0.3 s each. Their answers are known or not needed (each operation names its stack, and the
 * engine's events carry the outputs), so workspace and stack are told not to make them.
 *
 * @param preload is called when the CLI has been started, which takes about 0.3 s until it asks for the program
 */
export async function openStack(
  stackName: string,
  stateFile: string | undefined,
  options: { workDir: string; pulumiCommand: PulumiCommand; program: PulumiFn },
  preload: () => void,
): Promise<OpenedStack> {
  const workspace = await LocalWorkspace.create(options);
  const readOutputs = workspace.stackOutputs.bind(workspace);
  workspace.selectStack = () => Promise.resolve();
  workspace.stackOutputs = () => Promise.resolve({});
  workspace.serializeArgsForOp = () => {
    setImmediate(preload);
    return Promise.resolve([]);
  };
  const stack =
    stateFile === undefined || existsSync(stateFile)
      ? await Stack.select(stackName, workspace)
      : await Stack.create(stackName, workspace);
  stack.info = () => Promise.resolve(undefined);
  const outputs = async (): Promise<Record<string, unknown>> =>
    Object.fromEntries(Object.entries(await readOutputs(stackName)).map(([name, output]) => [name, output.value]));
  return { stack, outputs };
}
