import {
  GetLogEventsCommand,
  ResourceNotFoundException,
  type CloudWatchLogsClient,
} from "@aws-sdk/client-cloudwatch-logs";
import { outsideText } from "../../deployment/outside-text.ts";

const outputStreams = ["stdout", "stderr"] as const;
export type OutputStream = (typeof outputStreams)[number];

/** Characters of each stream that GetCommandInvocation gives, by AWS's API reference. */
const limits: Record<OutputStream, number> = { stdout: 24_000, stderr: 8_000 };

/** Whether Systems Manager has kept less than the job has written. */
export const isTruncated = (content: Record<OutputStream, string>): boolean =>
  outputStreams.some(
    (name) => content[name].length >= limits[name] || /---(Output|Error) truncated-*$/.test(content[name]),
  );

/** Log stream that the agent writes a command's output to, by stream; the plugin's name is that of AWS-RunShellScript. */
export const logStream = (commandId: string, instanceId: string, name: OutputStream): string =>
  `${commandId}/${instanceId}/aws-runShellScript/${name}`;

/** Characters of a line that are shown. */
const lineLimit = 2_000;

const linesOf = (text: string): string[] => text.split(/\r?\n/).filter((line) => line.trim() !== "");

/** Where a command writes, and who wants to hear it. */
export interface OutputArgs {
  readonly logs: CloudWatchLogsClient;
  /** Undefined: all comes with the command's end. */
  readonly logGroup?: string;
  readonly commandId: string;
  readonly instanceId: string;
  /** Gets each line that isn't blank, once. */
  readonly line: (stream: OutputStream, text: string) => void;
}

/**
 * A command's output, line by line. While it runs, Systems Manager itself tells nothing of it, but CloudWatch Logs does; at
 * its end Systems Manager has what the logs may not have yet.
 */
export class Output {
  private readonly told: Record<OutputStream, number> = { stdout: 0, stderr: 0 };
  private readonly tokens: Partial<Record<OutputStream, string>> = {};
  /** Logs that can't be read are no reason to fail: all comes with the command's end. */
  private readable = true;

  private readonly args: OutputArgs;

  constructor(args: OutputArgs) {
    this.args = args;
  }

  /** Tells what has come to the logs since. */
  async follow(): Promise<void> {
    for (const name of outputStreams) if (this.readable) await this.read(name);
  }

  /** Tells the rest, of what Systems Manager has at the end. */
  async finish(content: Record<OutputStream, string>): Promise<void> {
    await this.follow();
    for (const name of outputStreams) this.tell(name, linesOf(content[name]).slice(this.told[name]));
  }

  private async read(name: OutputStream): Promise<void> {
    const { logs, logGroup, commandId, instanceId } = this.args;
    if (logGroup === undefined) return;
    try {
      for (;;) {
        const before = this.tokens[name];
        const { events = [], nextForwardToken } = await logs.send(
          new GetLogEventsCommand({
            logGroupName: logGroup,
            logStreamName: logStream(commandId, instanceId, name),
            startFromHead: true,
            nextToken: before,
          }),
        );
        this.tell(
          name,
          events.flatMap(({ message = "" }) => linesOf(message)),
        );
        this.tokens[name] = nextForwardToken;
        if (events.length === 0 || nextForwardToken === before) return;
      }
    } catch (error) {
      // The agent makes the stream with the first output.
      if (!(error instanceof ResourceNotFoundException)) this.readable = false;
    }
  }

  private tell(name: OutputStream, lines: string[]): void {
    for (const text of lines) this.args.line(name, outsideText(text, lineLimit));
    this.told[name] += lines.length;
  }
}
