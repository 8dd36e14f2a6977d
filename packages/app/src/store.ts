import { setTimeout as pause } from "node:timers/promises";
import type { Logger } from "pino";
import { type Client, type Connection, isUseless, openConnection, probe } from "./connection.ts";
import { TooLate, within } from "./deadline.ts";
import { messageOf } from "./fault.ts";
import type { RedisAddress } from "./redis-address.ts";

/** Where the backing service is, with the authorities that vouch for it. */
export type Target = RedisAddress & { readonly ca?: string };

/** Milliseconds that a command may take, and that one waits for a connection that was just lost: a short failover. */
const COMMAND_LIMIT = 2_000;
/** Milliseconds before another attempt: doubled each time, from the first to the last of these, with chance in it. */
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 2_000;
/** Milliseconds that a connection must have lasted before the pauses begin anew. */
const LASTING = 10_000;

/**
 * The backing service, through one connection at a time. A connection that shows any fault is left, and the next one is
 * tried for, for as long as it takes. Commands without a connection fail at once, except in the first moments.
 */
export class Store {
  private current?: Connection;
  private next = Promise.withResolvers<Connection>();
  private awaySince = performance.now();
  private readonly over = new AbortController();
  private last = "";

  private readonly target: () => Target;
  private readonly log: Logger;

  /** @param target Asked before each attempt: address and password may have changed since the last one. */
  constructor(target: () => Target, log: Logger) {
    this.target = target;
    this.log = log;
    this.next.promise.catch(() => undefined);
    void this.stayConnected();
  }

  get(key: string): Promise<string | null> {
    return this.run((client) => client.get(key));
  }

  set(key: string, value: string, options?: Parameters<Client["set"]>[2]): Promise<unknown> {
    return this.run((client) => client.set(key, value, options));
  }

  expire(key: string, seconds: number): Promise<unknown> {
    return this.run((client) => client.expire(key, seconds));
  }

  del(keys: string[]): Promise<unknown> {
    return this.run((client) => client.del(keys));
  }

  /** Rejects unless it takes writes now. */
  async writes(): Promise<void> {
    await this.run(probe);
  }

  /** Resolves when there is a connection; rejects when the store is destroyed before. */
  async connected(): Promise<void> {
    if (this.current === undefined) await this.next.promise;
  }

  /** Why there is no connection; empty while there is one, or nothing is known. */
  get fault(): string {
    return this.last;
  }

  destroy(): void {
    this.over.abort();
    this.current?.drop(new Error("the service ends"));
    this.next.reject(new Error("the service ends"));
  }

  private async run<T>(command: (client: Client) => Promise<T>): Promise<T> {
    const connection = this.current ?? (await this.soon());
    try {
      return await within(COMMAND_LIMIT, command(connection.client));
    } catch (error) {
      // Answers come in the order of the commands: behind one that is late, all are.
      if (error instanceof TooLate || isUseless(error)) connection.drop(error);
      throw error;
    }
  }

  /** The next connection, if it comes while the loss is young: who waits longer only fills the queue. */
  private soon(): Promise<Connection> {
    const left = this.awaySince + COMMAND_LIMIT - performance.now();
    if (left <= 0) return Promise.reject(new Error(`not connected${this.last === "" ? "" : `: ${this.last}`}`));
    return within(left, this.next.promise);
  }

  private async stayConnected(): Promise<void> {
    const { signal } = this.over;
    let failures = 0;
    while (!signal.aborted) {
      const begun = performance.now();
      this.sayFault(await this.serveOne(signal));
      if (performance.now() - begun > LASTING) failures = 0;
      const longest = Math.min(FIRST_PAUSE * 2 ** failures++, LONGEST_PAUSE);
      // All instances lose it together; they must not come back together.
      await pause(longest * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
    }
  }

  /** Opens a connection and serves with it until it ends; gives the fault. */
  private async serveOne(signal: AbortSignal): Promise<unknown> {
    try {
      const connection = await openConnection(this.target(), this.log);
      if (signal.aborted) connection.drop(signal.reason);
      this.current = connection;
      this.last = "";
      this.next.resolve(connection);
      this.log.info("connected to the backing service");
      const fault = await connection.ended;
      this.current = undefined;
      this.next = Promise.withResolvers();
      this.next.promise.catch(() => undefined);
      this.awaySince = performance.now();
      connection.client.destroy();
      return fault;
    } catch (error) {
      return error;
    }
  }

  /** Each other reason is said once. */
  private sayFault(fault: unknown): void {
    const message = messageOf(fault);
    if (this.over.signal.aborted || message === this.last) return;
    this.last = message;
    this.log.warn({ err: fault }, "the backing service can't be reached");
  }
}
