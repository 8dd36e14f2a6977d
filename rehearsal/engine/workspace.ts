import { existsSync } from "node:fs";
import { LocalWorkspace, type PulumiCommand, type PulumiFn, Stack } from "@pulumi/pulumi/automation";

/** A stack, and its outputs as they stand in the state. */
export interface OpenedStack {
  readonly stack: Stack;
  readonly outputs: () => Promise<Record<string, unknown>>;
}

/**
 * Opens the stack of a rehearsal, and creates it when it has no state yet.
 *
 * The Automation API selects the stack before an operation and reads its outputs after it by calls of the CLI that take
 * about 0.3 s each. Their answers are known (each operation names its stack, and the engine's events carry the outputs),
 * so the workspace is told not to make them.
 */
export async function openStack(
  stackName: string,
  stateFile: string,
  options: { workDir: string; pulumiCommand: PulumiCommand; program: PulumiFn },
): Promise<OpenedStack> {
  const workspace = await LocalWorkspace.create(options);
  const readOutputs = workspace.stackOutputs.bind(workspace);
  workspace.selectStack = () => Promise.resolve();
  workspace.stackOutputs = () => Promise.resolve({});
  const stack = existsSync(stateFile)
    ? await Stack.select(stackName, workspace)
    : await Stack.create(stackName, workspace);
  const outputs = async (): Promise<Record<string, unknown>> =>
    Object.fromEntries(Object.entries(await readOutputs(stackName)).map(([name, output]) => [name, output.value]));
  return { stack, outputs };
}
