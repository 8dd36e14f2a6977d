import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { createServer as createTlsServer } from "node:tls";
import { createClient } from "redis";
import { stop } from "../../../tools/process.ts";
import { findRedis } from "../../../tools/redis.ts";
import { certificate, key } from "./certificate.ts";

/** A Redis server of a test. */
export interface TestRedis {
  port: number;
  url: string;
  /** SIGSTOP lets it stall as a machine that is frozen does, SIGCONT lets it go on. */
  signal(name: "SIGSTOP" | "SIGCONT"): void;
  /** Runs a command as its operator, and gives the answer. */
  run(...command: string[]): Promise<unknown>;
  stop(): Promise<void>;
}

/** Starts a server that keeps nothing on disk; `args` are redis-server's own, such as `--requirepass`. */
export async function startRedis(args: readonly string[] = [], port?: number): Promise<TestRedis> {
  const chosen = port ?? (await freePort());
  const own = ["--port", String(chosen), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", "/"];
  const child = spawn(await findRedis(() => undefined), [...own, ...args], { stdio: ["ignore", "pipe", "ignore"] });
  await accepting(child);
  const url = `redis://127.0.0.1:${chosen}`;
  return {
    port: chosen,
    url,
    signal: (name) => void child.kill(name),
    async run(...command) {
      const client = await createClient({ url }).connect();
      try {
        return await client.sendCommand(command);
      } finally {
        client.destroy();
      }
    },
    async stop() {
      child.kill("SIGCONT");
      await stop(child);
    },
  };
}

async function accepting(child: ChildProcess): Promise<void> {
  const lines: string[] = [];
  if (child.stdout === null) throw new Error("Redis has no standard output");
  for await (const line of createInterface(child.stdout)) {
    if (/ready to accept connections/i.test(line)) return void child.stdout.resume();
    lines.push(line);
  }
  throw new Error(`Redis did not start: ${lines.slice(-3).join(" / ")}`);
}

/** A name that stands for one server after the other, as a primary endpoint's does in DNS. */
export interface Endpoint {
  port: number;
  /** Where new connections go; those that there are stay where they are. */
  target: number;
  /** Cuts all connections. */
  cut(): void;
  /** Puts bytes of its own before whatever the server says next, on each connection. */
  inject(bytes: string): void;
  close(): void;
}

export async function startEndpoint(target: number): Promise<Endpoint> {
  const open = new Set<Socket>();
  const server = createTcpServer((outer) => {
    const inner = connect(endpoint.target, "127.0.0.1");
    for (const [from, to] of [
      [outer, inner],
      [inner, outer],
    ]) {
      open.add(from);
      from.pipe(to);
      from.on("error", () => to.destroy()).on("close", () => open.delete(from));
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const each = (act: (socket: Socket) => void): void => open.forEach(act);
  const endpoint: Endpoint = {
    port,
    target,
    cut: () => each((socket) => socket.destroy()),
    inject: (bytes) => each((socket) => socket.localPort === port && socket.write(bytes)),
    close() {
      server.close();
      endpoint.cut();
    },
  };
  return endpoint;
}

/** A TLS end in front of a server that has none. */
export async function startTls(target: number): Promise<{ port: number; server: Server }> {
  const server = createTlsServer({ key, cert: certificate }, (outer) => {
    const inner = connect(target, "127.0.0.1");
    outer.pipe(inner).pipe(outer);
    outer.on("error", () => inner.destroy());
    inner.on("error", () => outer.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, server };
}

/** A TCP port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
