import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
  ResourceAlreadyExistsException,
  ResourceNotFoundException,
  type CloudWatchLogsClient,
} from "@aws-sdk/client-cloudwatch-logs";
import { messageOf } from "../errors.ts";

/** Takes a command's output to CloudWatch Logs, as the agent does: a log stream each for stdout and stderr. */
export class LogWriter {
  private last: Promise<void> = Promise.resolve();
  private readonly made = new Set<string>();

  private readonly logs: CloudWatchLogsClient;
  private readonly logGroupName: string;
  private readonly log: (line: string) => void;

  constructor(logs: CloudWatchLogsClient, logGroupName: string, log: (line: string) => void) {
    this.logs = logs;
    this.logGroupName = logGroupName;
    this.log = log;
  }

  /** Writes after what was given before. */
  write(logStreamName: string, text: string): void {
    const lines = text.split("\n").filter((line) => line !== "");
    if (lines.length === 0) return;
    this.last = this.last
      .then(() => this.put(logStreamName, lines))
      .catch((error: unknown) => this.log(`ssm: output did not reach ${this.logGroupName}: ${messageOf(error)}`));
  }

  /** Resolves when all of it is there. */
  flushed(): Promise<void> {
    return this.last;
  }

  private async put(logStreamName: string, lines: string[]): Promise<void> {
    const { logGroupName } = this;
    if (!this.made.has(logStreamName)) {
      await this.make(logStreamName);
      this.made.add(logStreamName);
    }
    const timestamp = Date.now();
    const logEvents = lines.map((message) => ({ message, timestamp }));
    await this.logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
  }

  private async make(logStreamName: string): Promise<void> {
    const { logGroupName } = this;
    const create = () => this.logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
    try {
      await create();
    } catch (error) {
      if (error instanceof ResourceAlreadyExistsException) return;
      if (!(error instanceof ResourceNotFoundException)) throw error;
      await this.logs.send(new CreateLogGroupCommand({ logGroupName }));
      await create();
    }
  }
}
