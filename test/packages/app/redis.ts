import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type AddressInfo, createServer as createTcpServer, type Server } from "node:net";
import { createInterface } from "node:readline";
import { createServer as createTlsServer } from "node:tls";
import { stop } from "../../../tools/process.ts";
import { findRedis } from "../../../tools/redis.ts";
import { certificate, key } from "./certificate.ts";

/** A Redis server of a test. */
export interface TestRedis {
  port: number;
  url: string;
  stop(): Promise<void>;
}

/** Starts a server that keeps nothing on disk; `args` are redis-server's own, such as `--requirepass`. */
export async function startRedis(args: readonly string[] = [], port?: number): Promise<TestRedis> {
  const chosen = port ?? (await freePort());
  const own = ["--port", String(chosen), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", "/"];
  const child = spawn(await findRedis(() => undefined), [...own, ...args], { stdio: ["ignore", "pipe", "ignore"] });
  await accepting(child);
  return { port: chosen, url: `redis://127.0.0.1:${chosen}`, stop: () => stop(child) };
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
