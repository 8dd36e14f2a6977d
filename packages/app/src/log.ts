import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type DestinationStream, type Logger, pino } from "pino";
import { type HttpLogger, pinoHttp } from "pino-http";
import type { About } from "./about.ts";

/** Paths that the load balancer and Kubernetes ask every few seconds. */
const CHECKS = ["/healthz", "/readyz"];

/**
 * JSON lines on standard output, each with the colour, version and commit that wrote it. Errors show their type, message,
 * code and stack alone: other properties can hold what was being parsed, such as a URL with its password.
 */
export function createLog(about: About, level: string, destination: DestinationStream = process.stdout): Logger {
  const { color, version, commit, environment, instanceId } = about;
  return pino(
    {
      level,
      base: { color, version, commit, environment, instanceId },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: errorOf },
    },
    destination,
  );
}

/** One line a request, with its id; no headers and no query, as they carry cookies and secrets. */
export function logRequests(log: Logger): HttpLogger {
  return pinoHttp({
    logger: log,
    quietReqLogger: true,
    customAttributeKeys: { reqId: "requestId" },
    genReqId: (request, response) => {
      const id = requestId(request.headers);
      response.setHeader("x-request-id", id);
      return id;
    },
    customLogLevel: (request, response) =>
      response.statusCode >= 500 && !isCheck(request) ? "error" : isCheck(request) ? "debug" : "info",
    wrapSerializers: false,
    serializers: {
      req: (request: IncomingMessage & { originalUrl?: string }) => ({
        method: request.method,
        path: pathOf(request.originalUrl ?? request.url),
      }),
      res: ({ statusCode }: ServerResponse) => ({ statusCode }),
      err: errorOf,
    },
  });
}

const isCheck = (request: IncomingMessage) => CHECKS.includes(pathOf(request.url));
const pathOf = (url = "/") => url.split("?", 1)[0];

/**
 * The id that a request goes by: its X-Request-Id, the load balancer's X-Amzn-Trace-Id, or a new one. What came is taken
 * only if it can do no harm in a header or a log.
 */
export function requestId(headers: IncomingMessage["headers"]): string {
  const came = [headers["x-request-id"], headers["x-amzn-trace-id"]];
  const sound = came.find((id): id is string => typeof id === "string" && /^[\w.:;=/+-]{1,200}$/.test(id));
  return sound ?? randomUUID();
}

function errorOf(error: unknown): object {
  if (!(error instanceof Error)) return { message: "something that is no error was thrown" };
  const { name, message, stack } = error;
  const code = (error as NodeJS.ErrnoException).code;
  return { type: name, message, code, stack };
}
