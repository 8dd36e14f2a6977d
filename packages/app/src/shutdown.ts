import { once } from "node:events";
import { Server as TcpServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import type { Logger } from "pino";
import type { Config } from "./config-schema.ts";
import type { Readiness } from "./readiness.ts";
import type { Listening } from "./server.ts";

/** Milliseconds that a connection without a request may stay: what it was opened for can be on its way. */
const QUIET = 1_000;

/**
 * Leaves without losing a request. /readyz says no from now on, and every answer closes its connection; `delay` seconds
 * later, when the load balancer has seen that, nothing new is accepted; requests in flight get `timeout` more seconds.
 * Libraries for this (http-terminator, stoppable) know no such delay, and end a new connection whose request is on its way.
 * @returns The requests that were cut off: 0 when all went well.
 */
export async function drain(
  { server, inFlight }: Listening,
  readiness: Readiness,
  { delay, timeout }: Config["shutdown"],
  log: Logger,
): Promise<number> {
  log.info({ delay }, "leaving: not ready any more");
  readiness.leave();
  await pause(delay * 1000);
  const closed = once(server, "close");
  const over = new AbortController();
  // Not the HTTP server's own close: from Node 26 on it also ends a connection whose first request is on its way.
  TcpServer.prototype.close.call(server);
  log.info({ inFlight: inFlight(), timeout }, "leaving: no new connections");
  const late = pause(timeout * 1000, undefined, { signal: over.signal }).catch(() => undefined);
  await Promise.race([closed, quiet(inFlight, over.signal), late]);
  over.abort();
  const cut = inFlight();
  server.closeAllConnections();
  await closed;
  if (cut > 0) log.warn({ cut }, "requests in flight were cut off");
  return cut;
}

/** Resolves when nothing has been in flight for a while. */
async function quiet(inFlight: () => number, signal: AbortSignal): Promise<void> {
  const step = QUIET / 10;
  for (let idle = 0; idle < QUIET && !signal.aborted; idle = inFlight() === 0 ? idle + step : 0) {
    await pause(step);
  }
}
