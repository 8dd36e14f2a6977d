/** A Redis server, and who we are there. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** Number of the database. */
  readonly database: number;
  readonly username?: string;
  readonly password?: string;
}

/** The form of an address, for messages. */
export const redisUrlForm = "redis://HOST:PORT, or rediss://HOST:PORT for TLS";

const DEFAULT_PORT = 6379;

/** Takes a URL apart; undefined when it is none that a client can use. No error: Node's own holds the URL, and that a password. */
export function parseRedisUrl(url: string): RedisAddress | undefined {
  if (!/^rediss?:\/\/[^\s/?#]+(\/\d*)?$/.test(url)) return undefined;
  try {
    const { protocol, hostname, port, pathname, username, password } = new URL(url);
    if (hostname === "" || port === "0") return undefined;
    return {
      // IPv6 stands in brackets in a URL alone.
      host: hostname.replace(/^\[(.*)\]$/, "$1"),
      port: port === "" ? DEFAULT_PORT : Number(port),
      tls: protocol === "rediss:",
      database: Number(pathname.slice(1)),
      username: decodeURIComponent(username) || undefined,
      password: decodeURIComponent(password) || undefined,
    };
  } catch {
    return undefined;
  }
}
