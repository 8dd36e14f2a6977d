import * as pulumi from "@pulumi/pulumi";
import type { MockCallArgs } from "@pulumi/pulumi/runtime/index.js";

type Answers = Record<string, (inputs: Record<string, unknown>) => Record<string, unknown>>;

/** Lets the provider's functions answer, by token; any other call, and any resource, throws. */
export async function answerCalls(answers: Answers): Promise<void> {
  const newResource = ({ type }: { type: string }) => {
    throw new Error(`nobody expected a resource of type ${type}`);
  };
  const call = ({ token, inputs }: MockCallArgs) => {
    if (!answers[token]) throw new Error(`nobody expected a call of ${token}`);
    return answers[token](inputs as Record<string, unknown>);
  };
  await pulumi.runtime.setMocks({ newResource, call }, "bluegreen", "dev");
}

/** An error as the engine's monitor hands it on. */
export const refusal = (details: string) => Object.assign(new Error(details), { details });
