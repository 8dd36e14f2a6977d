import { z } from "zod";
import { AwsError } from "@bluegreen/query-protocol";

const text = z.string().min(1);
const instanceId = z.string().regex(/^i-(\w{8}|\w{17})$|^mi-\w{17}$/);
const texts = z.array(z.string());

/** Arguments of the actions that this cloud answers itself, with AWS's own bounds. */
export const schemas = {
  SendCommand: z.strictObject({
    DocumentName: text,
    DocumentVersion: text.optional(),
    InstanceIds: z.array(instanceId).min(1).max(50),
    Comment: z.string().max(100).default(""),
    TimeoutSeconds: z.number().int().min(30).max(2_592_000).default(3600),
    Parameters: z.record(z.string(), texts).default({}),
    CloudWatchOutputConfig: z
      .strictObject({
        CloudWatchOutputEnabled: z.boolean().default(false),
        CloudWatchLogGroupName: z
          .string()
          .regex(/^[.\-_/#A-Za-z0-9]{1,512}$/)
          .optional(),
      })
      .optional(),
  }),
  GetCommandInvocation: z.strictObject({ CommandId: z.uuid(), InstanceId: instanceId, PluginName: text.optional() }),
  CancelCommand: z.strictObject({ CommandId: z.uuid(), InstanceIds: z.array(instanceId).optional() }),
  DescribeInstanceInformation: z.strictObject({
    Filters: z
      .array(z.strictObject({ Key: z.literal("InstanceIds"), Values: z.array(text).min(1).max(100) }))
      .max(1)
      .default([]),
    MaxResults: z.number().int().min(5).max(50).default(10),
    NextToken: z.string().regex(/^\d+$/).optional(),
  }),
};

/** Name of an action that this cloud answers itself. */
export type ActionName = keyof typeof schemas;

/** The arguments of an action, read and checked. */
export type Arguments<Name extends ActionName> = z.infer<(typeof schemas)[Name]>;

/** Reads an action's arguments; what is missing, malformed or unknown is refused in one message. */
export function readArguments<Name extends ActionName>(action: Name, input: unknown): Arguments<Name> {
  const result = schemas[action].safeParse(input);
  if (!result.success) {
    const faults = result.error.issues.map((issue) => {
      const where = issue.path.join(".") || action;
      return issue.code === "unrecognized_keys"
        ? `${where}: ${issue.keys.join(", ")} is unknown to the rehearsal's cloud (extend packages/local-aws/ssm/schemas.ts)`
        : `${where}: ${issue.message}`;
    });
    throw new AwsError("ValidationException", `${faults.length} validation error(s) detected: ${faults.join("; ")}`);
  }
  return result.data as Arguments<Name>;
}

/** Seconds that AWS-RunShellScript lets a script run where nothing else is said, and at most. */
const executionTimeouts = { default: 3600, least: 1, greatest: 172_800 };

/** Parameters of AWS-RunShellScript, by that document. */
export interface ShellParameters {
  script: string;
  /** Seconds. */
  timeout: number;
}

/** Reads them; throws AWS's error for others. */
export function shellParameters(parameters: Record<string, string[]>): ShellParameters {
  const known = ["commands", "executionTimeout"];
  const others = Object.keys(parameters).filter((name) => !known.includes(name));
  const { commands = [], executionTimeout: [seconds = String(executionTimeouts.default)] = [] } = parameters;
  const timeout = Number(seconds);
  const inBounds = /^\d+$/.test(seconds) && timeout >= executionTimeouts.least && timeout <= executionTimeouts.greatest;
  const faults = [
    ...others.map((name) => `the rehearsal's cloud knows ${known.join(" and ")}, and not ${name}`),
    ...(commands.length === 0 ? ["commands is required"] : []),
    ...(inBounds ? [] : [`executionTimeout is ${seconds}; allowed are 1 to 172800`]),
    ...(commands.some((command) => command.includes("{{"))
      ? ["the rehearsal's cloud puts no parameter's value in place of {{ssm:NAME}}"]
      : []),
  ];
  if (faults.length > 0) throw new AwsError("InvalidParameters", faults.join("; "));
  return { script: commands.join("\n"), timeout };
}
