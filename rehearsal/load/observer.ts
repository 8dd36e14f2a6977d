import type { EventEmitter } from "node:events";
import type { Sample } from "./samples.ts";

/** What autocannon's client tells of an answer's head; its published types say otherwise. */
interface Head {
  readonly statusCode: number;
  /** Names and values in turn. */
  readonly headers: readonly string[];
}

/**
 * Follows one connection of autocannon, request by request.
 *
 * autocannon connects anew and goes on when a server closes the connection in the middle of a request, and counts
 * nothing. Here such a request is a failure: the next request begins while it is still open. Only what autocannon sends
 * after an answer that said `connection: close` doesn't count: no client may use that connection any more.
 *
 * @param now the clock, in milliseconds since the epoch
 */
export function observe(client: EventEmitter, record: (sample: Sample) => void, now: () => number = Date.now): void {
  let open: { readonly since: number; readonly counts: boolean } | undefined;
  let head: Head | undefined;
  let body = "";
  let closing = false;

  const finish = (failure?: string): void => {
    const request = open;
    open = undefined;
    if (request === undefined || (failure !== undefined && !request.counts)) return;
    const at = now();
    const [color, version] = [headerOf(head, "x-color"), headerOf(head, "x-version")];
    record({ at, ms: at - request.since, color, version, status: head?.statusCode, failure });
  };

  client.on("request", () => {
    finish("the connection was closed before the answer was complete");
    open = { since: now(), counts: !closing };
    head = undefined;
    body = "";
  });
  client.on("headers", (received: Head) => (head = received));
  client.on("body", (chunk: Buffer) => {
    if (body.length < 200) body = (body + chunk.toString("utf8")).slice(0, 200);
  });
  client.on("response", (status: number) => {
    finish(status >= 200 && status < 400 ? undefined : `HTTP ${status}: ${body}`);
    closing = headerOf(head, "connection")?.toLowerCase() === "close";
    setImmediate(() => (closing = false));
  });
  client.on("connError", (error: NodeJS.ErrnoException) => finish(error.message));
  client.on("timeout", () => finish("no answer in time"));
}

function headerOf(head: Head | undefined, name: string): string | undefined {
  const index = head?.headers.findIndex((text, i) => i % 2 === 0 && text.toLowerCase() === name) ?? -1;
  return index < 0 ? undefined : head?.headers[index + 1];
}
