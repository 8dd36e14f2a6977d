import { spawn } from "node:child_process";
import { once } from "node:events";
import type { IncomingHttpHeaders } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { reply, type Reply } from "../call.ts";
import { ownEnvironment } from "../environment.ts";
import { AwsError, errorXml } from "@bluegreen/query-protocol";
import { messageOf } from "../errors.ts";
import { errorJson } from "../json.ts";

/** A request as it came. */
export interface Judged {
  /** The service that it is signed for. */
  service: string;
  method: string;
  /** Path and query. */
  url: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** What AWS answers for a request that its own models do not allow. */
export interface Verdict {
  protocol: "query" | "ec2" | "json" | "rest-xml";
  code: string;
  message: string;
  status: number;
}

/** AWS's service models, as botocore has them, in a process of their own: moto's has enough to do. */
export interface ModelJudge {
  /**
   * Undefined: the models allow it.
   * @param onOperation gets what is called, `elbv2:ModifyListener`, by botocore's names; nothing where AWS has no such operation
   */
  judge(request: Judged, onOperation?: (operation: string) => void): Promise<Verdict | undefined>;
  stop(): Promise<void>;
}

/**
 * Starts the judge; models are loaded at their first use.
 * @param python The Python executable of the virtual environment that holds botocore.
 * @param onLine Gets each line that it complains in.
 */
export function startModelJudge(python: string, onLine: (line: string) => void): ModelJudge {
  const child = spawn(python, [join(import.meta.dirname, "main.py")], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...ownEnvironment(), PYTHONDONTWRITEBYTECODE: "1" },
  });
  // Answers come in the order of the questions.
  const waiting: { resolve: (line: string) => void; reject: (error: Error) => void }[] = [];
  let over: Error | undefined;
  const fail = (error: Error): void => {
    over ??= error;
    waiting.splice(0).forEach(({ reject }) => reject(error));
  };
  createInterface({ input: child.stderr }).on("line", onLine);
  createInterface({ input: child.stdout }).on("line", (line) => waiting.shift()?.resolve(line));
  child.once("error", (error) => fail(new Error(`AWS's service models could not start: ${messageOf(error)}`)));
  child.once("exit", () =>
    fail(new Error("The process with AWS's service models has ended; its words stand in the log.")),
  );
  child.stdin.on("error", () => undefined);
  return {
    async judge({ service, method, url, headers, body }, onOperation) {
      if (over) throw over;
      const answer = new Promise<string>((resolve, reject) => waiting.push({ resolve, reject }));
      child.stdin.write(`${JSON.stringify({ service, method, url, headers, body: body.toString("base64") })}\n`);
      const { refused, operation } = JSON.parse(await answer) as { refused: Verdict | null; operation: string | null };
      if (operation !== null) onOperation?.(operation);
      return refused ?? undefined;
    },
    async stop() {
      child.stdin.end();
      if (!over) await once(child, "exit");
    },
  };
}

/** The answer in the protocol of the request. */
export function verdictReply(verdict: Verdict, { service, headers }: Pick<Judged, "service" | "headers">): Reply {
  const error = new AwsError(verdict.code, verdict.message, verdict.status);
  return verdict.protocol === "json" ? errorJson(headers, error) : reply(errorXml(service, error), error.status);
}
