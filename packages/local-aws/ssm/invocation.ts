import { endScript, type Script } from "@bluegreen/machines";
import type { LogWriter } from "./output.ts";

/** Characters that Systems Manager keeps of each stream, by its API reference. */
const kept = { stdout: 24_000, stderr: 8_000 };
const marks = { stdout: "\n---Output truncated---", stderr: "\n---Error truncated----" };

/** A command on one instance, as GetCommandInvocation tells it. */
export interface Invocation {
  readonly commandId: string;
  readonly instanceId: string;
  readonly comment: string;
  /** The group that its output goes to; undefined: none. */
  readonly logGroup?: string;
  readonly requestedAt: Date;
  startedAt?: Date;
  endedAt?: Date;
  status: "Pending" | "InProgress" | "Success" | "Failed" | "TimedOut" | "Cancelled";
  statusDetails: string;
  responseCode: number;
  stdout: string;
  stderr: string;
}

/** How a command that was begun is ended from outside. */
type End = "timeout" | "cancel";

/** A script as it runs, and how to end it. */
export interface Running {
  readonly ended: Promise<void>;
  end(why: End): void;
}

/** Follows a script to its end and writes down what becomes of it. Its output is told only then, but logged at once. */
export function follow(invocation: Invocation, script: Script, logs: LogWriter | undefined): Running {
  const { commandId, instanceId } = invocation;
  Object.assign(invocation, { status: "InProgress", statusDetails: "InProgress", startedAt: new Date() });
  const written = { stdout: "", stderr: "" };
  let why: End | undefined;
  for (const name of ["stdout", "stderr"] as const) {
    let rest = "";
    const stream = `${commandId}/${instanceId}/aws-runShellScript/${name}`;
    script[name].setEncoding("utf8").on("data", (text: string) => {
      written[name] += text;
      const whole = (rest + text).lastIndexOf("\n") + 1;
      logs?.write(stream, (rest + text).slice(0, whole));
      rest = (rest + text).slice(whole);
    });
    script[name].once("end", () => logs?.write(stream, rest));
  }
  const ended = new Promise<void>((resolve) => {
    const over = (code: number | null): void => {
      const status =
        why === "timeout" ? "TimedOut" : why === "cancel" ? "Cancelled" : code === 0 ? "Success" : "Failed";
      Object.assign(invocation, {
        status,
        statusDetails: why === "timeout" ? "ExecutionTimedOut" : status,
        // As a shell tells the end by SIGKILL.
        responseCode: code ?? 137,
        endedAt: new Date(),
        stdout: cut("stdout", written.stdout),
        stderr: cut("stderr", written.stderr),
      });
      resolve();
    };
    script.once("close", over);
    script.once("error", (error) => {
      written.stderr += error.message;
      over(1);
    });
  });
  return {
    ended: ended.then(() => logs?.flushed()),
    end(reason) {
      why = reason;
      endScript(script);
    },
  };
}

function cut(name: "stdout" | "stderr", text: string): string {
  return text.length <= kept[name] ? text : text.slice(0, kept[name] - marks[name].length) + marks[name];
}
