import type { Cloud } from "../../../../packages/provider-stub/row.ts";

/** What a fake cloud answers to a command, by the command's name without "Command"; it may throw AWS's refusals. */
export type Answers = Record<string, (input: Record<string, unknown>) => object | void>;

/** A refusal of AWS, by its code. */
export function refusal(code: string, message = "no"): Error {
  return Object.assign(new Error(message), { name: code });
}

/**
 * A cloud of these answers; it throws on a command that nobody expected, and keeps what was sent.
 * @param customSeconds The resource's own time-out; a thousand of them pass in one of the test's.
 */
export function fakeCloud(
  answers: Answers,
  customSeconds?: number,
): { cloud: Cloud; sent: [string, Record<string, unknown>][] } {
  const sent: [string, Record<string, unknown>][] = [];
  const send = (command: { input: Record<string, unknown> }) =>
    Promise.resolve().then(() => {
      const name = (command.constructor as { name: string }).name.replace(/Command$/, "");
      sent.push([name, command.input]);
      const answer = answers[name];
      if (!answer) throw new Error(`nobody expected ${name}`);
      return answer(command.input) ?? {};
    });
  const clients = ["cloudwatch", "dynamodb", "ec2", "iam", "kms", "logs", "s3", "sns"].map((name) => [name, { send }]);
  const cloud: unknown = {
    ...Object.fromEntries(clients),
    region: "eu-central-1",
    timeScale: 1000,
    customSeconds,
    signal: new AbortController().signal,
    identity: () => Promise.resolve({ account: "123456789012", arn: "", userId: "" }),
  };
  return { cloud: cloud as Cloud, sent };
}
