import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { messageOf, Refusal } from "./fault.ts";

/** Milliseconds; longer than the load balancer's idle time-out (60 s): whoever may reuse a connection must not be the one cut off. */
const KEEP_ALIVE_TIMEOUT = 65_000;

/** A server that listens, and the requests that it has not answered yet. */
export interface Listening {
  server: Server;
  port: number;
  readonly inFlight: () => number;
}

/** Resolves once it accepts connections; throws a Refusal when the address can't be had. */
export async function listen(listener: RequestListener, port: number, host: string): Promise<Listening> {
  let requests = 0;
  const server = createServer((request, response) => {
    requests++;
    response.once("close", () => requests--);
    listener(request, response);
  });
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT;
  // Counted from a connection's last answer, too: below the keep-alive it would end idle connections early.
  server.headersTimeout = KEEP_ALIVE_TIMEOUT + 1_000;
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (error) {
    throw new Refusal(`${host}:${port} can't be listened on: ${messageOf(error)}. Set PORT and HOST to a free address`);
  }
  return { server, port: (server.address() as AddressInfo).port, inFlight: () => requests };
}
