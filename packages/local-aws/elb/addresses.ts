import type { Server } from "node:net";
import { tryListen } from "../loopback.ts";

/** Who listens on this port of a block's last address owns the block. */
const claimPort = 9_999;

/**
 * The real port of a listener: ports below 1024 need rights that a rehearsal does not have, so 80 is 20080. (Not 10080:
 * browsers and fetch refuse that one, the Fetch standard lists it as a bad port.)
 */
export function localPort(port: number): number {
  return port < 1024 ? port + 20_000 : port;
}

/**
 * Addresses of load balancers: 127.200.B.1, 127.200.B.2 and so on, B being a block that no other cloud on this machine
 * holds. Where the system has no such loopback addresses (macOS), all of them are 127.0.0.1.
 */
export class Addresses {
  private readonly byName = new Map<string, string>();

  private readonly block: number | undefined;
  private readonly claim: Server | undefined;

  private constructor(block: number | undefined, claim: Server | undefined) {
    this.block = block;
    this.claim = claim;
  }

  static async claim(): Promise<Addresses> {
    for (let block = 0; block < 250; block++) {
      const server = await tryListen(`127.200.${block}.254`, claimPort);
      if (server) {
        return new Addresses(block, server);
      }
    }
    return new Addresses(undefined, undefined);
  }

  /** The address of a load balancer, the lowest free one when it has none yet. */
  of(name: string): string {
    const known = this.byName.get(name);
    if (known || this.block === undefined) {
      return known ?? "127.0.0.1";
    }
    const taken = new Set(this.byName.values());
    let last = 1;
    while (taken.has(`127.200.${this.block}.${last}`)) {
      last++;
    }
    const address = `127.200.${this.block}.${last}`;
    this.byName.set(name, address);
    return address;
  }

  /** Gives up the addresses of load balancers that are gone. */
  keep(names: Set<string>): void {
    for (const name of this.byName.keys()) {
      if (!names.has(name)) {
        this.byName.delete(name);
      }
    }
  }

  close(): void {
    this.claim?.close();
  }
}
