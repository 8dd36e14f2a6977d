import { BlockList, isIP } from "node:net";

/** A request's target. */
export interface Target {
  /** Name or address, an IPv6 address without brackets. */
  readonly hostname: string;
  readonly port: number;
}

/**
 * Whether a request goes past the proxy, by the rules of Go's `httpproxy`, which the provider follows. They differ from
 * those of Node's libraries: a name also stands for all names below it, ranges of addresses count, and this machine
 * itself is never reached through a proxy.
 * @param noProxy names, addresses, CIDR ranges, each with or without a port, separated by commas; `*`: everything
 */
export function bypassesProxy({ hostname, port }: Target, noProxy: string): boolean {
  const host = hostname.toLowerCase();
  if (host === "localhost" || isLoopback(host)) return true;
  return noProxy
    .split(",")
    .map((entry) => entry.trim().toLowerCase())
    .some((entry) => entry !== "" && matches(entry, host, port));
}

function matches(entry: string, host: string, port: number): boolean {
  if (entry === "*") return true;
  const [, range, bits] = /^(.+)\/(\d+)$/.exec(entry) ?? [];
  if (range !== undefined) return inRange(host, range, Number(bits));
  // A bare IPv6 address has colons, too.
  const wanted = isIP(entry) === 0 ? /:(\d+)$/.exec(entry) : null;
  if (wanted && Number(wanted[1]) !== port) return false;
  const name = wanted ? entry.slice(0, wanted.index) : entry;
  const bare = name.replace(/^\[(.*)\]$/, "$1");
  if (isIP(bare) > 0) return inRange(host, bare, bitsOf(bare));
  // A leading dot means the names below alone; `*.` is the same.
  const domain = bare.replace(/^\*\./, ".");
  return domain.startsWith(".") ? host.endsWith(domain) : host === domain || host.endsWith(`.${domain}`);
}

function inRange(host: string, range: string, bits: number): boolean {
  const family = (address: string) => (isIP(address) === 4 ? "ipv4" : "ipv6");
  if (isIP(host) === 0 || isIP(range) === 0 || bits > bitsOf(range)) return false;
  const list = new BlockList();
  list.addSubnet(range, bits, family(range));
  return list.check(host, family(host));
}

const bitsOf = (address: string): number => (isIP(address) === 4 ? 32 : 128);

const isLoopback = (host: string): boolean => inRange(host, "127.0.0.0", 8) || inRange(host, "::1", 128);
