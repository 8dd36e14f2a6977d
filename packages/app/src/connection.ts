import type { Logger } from "pino";
import { createClient, ErrorReply } from "redis";
import { within } from "./deadline.ts";
import { messageOf } from "./fault.ts";
import type { RedisAddress } from "./redis-address.ts";

/** The library's client. */
export type Client = ReturnType<typeof clientOf>;

/** One connection to the backing service, which is never mended: after its first fault there is another one. */
export interface Connection {
  readonly client: Client;
  /** Resolves with the fault that ended it. */
  readonly ended: Promise<unknown>;
  /** Ends it for a fault that whoever used it has seen. */
  drop(fault: unknown): void;
}

/** Milliseconds until a new connection must be of use. */
const CONNECT_LIMIT = 5_000;
/** Milliseconds between two pings on an idle connection, and after how many without an answer it counts as dead. */
const PING_INTERVAL = 5_000;
const SOCKET_TIMEOUT = 12_000;

/** What is written to see whether the node takes writes, and the seconds that it stays. */
const PROBE = "app:write-probe";
const PROBE_SECONDS = 60;

/**
 * Answers of a node that is of no use, or to somebody who is not known any more: a replica after a failover (READONLY,
 * MASTERDOWN), one that still loads its data, a password that was changed. Another connection may find another node.
 */
const useless = /^(READONLY|MASTERDOWN|LOADING|NOAUTH|WRONGPASS)\b/;

/** Whether a fault means that this connection is of no use any more. */
export const isUseless = (fault: unknown): boolean => useless.test(messageOf(fault));

/**
 * Opens a connection to a node that takes writes; DNS is asked anew. Rejects with the reason why there is none.
 *
 * The library's own reconnecting is off: it gives up after a socket's time-out, keeps a connection to a node that became a
 * replica (redis/node-redis#1510), and goes on with a connection whose answers it could not read, where the next answer
 * would be another request's.
 */
export async function openConnection(
  address: RedisAddress & { readonly ca?: string },
  log: Logger,
): Promise<Connection> {
  const client = clientOf(address);
  const { promise: ended, resolve: drop } = Promise.withResolvers<unknown>();
  // Whatever the client calls an error: a lost socket, an answer that is none of Redis', a ping without one.
  client.on("error", drop);
  const fault = ended.then((error) => Promise.reject(error as Error));
  fault.catch(() => undefined);
  try {
    await within(CONNECT_LIMIT, Promise.race([client.connect(), fault]));
    await within(CONNECT_LIMIT, Promise.race([probe(client), fault])).catch((error: unknown) => {
      // A node that is full or forbids this one key still answers reads.
      if (!(error instanceof ErrorReply) || isUseless(error)) throw error;
      log.warn({ reason: messageOf(error) }, "the backing service refuses to write");
    });
  } catch (error) {
    client.destroy();
    throw withoutSecrets(error, address.password);
  }
  return { client, ended, drop };
}

/** Writes a key that nobody reads. */
export const probe = (client: Pick<Client, "set">): Promise<unknown> =>
  client.set(PROBE, "1", { expiration: { type: "EX", value: PROBE_SECONDS } });

/** A server that does not know a command answers with its arguments; of HELLO the password is one. */
function withoutSecrets(error: unknown, password: string | undefined): unknown {
  if (!(error instanceof ErrorReply)) return error;
  const said = error.message.replace(/,? with args beginning with[^]*/, "");
  return new Error(password === undefined ? said : said.replaceAll(password, "[not shown]"));
}

function clientOf({ host, port, tls, database, username, password, ca }: RedisAddress & { readonly ca?: string }) {
  const socket = { host, port, reconnectStrategy: false, socketTimeout: SOCKET_TIMEOUT } as const;
  return createClient({
    username,
    password,
    database,
    pingInterval: PING_INTERVAL,
    disableOfflineQueue: true,
    // What only Redis Enterprise has would change the connection under us.
    maintNotifications: "disabled",
    socket: tls ? Object.assign({ tls, ca }, socket) : socket,
  });
}
