import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { stop } from "../tools/process.ts";
import { findRedis } from "../tools/redis.ts";

/** A Redis server on this machine, which keeps nothing on disk. */
export interface Redis {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts one on a free port. It does not outlive this process. */
export async function startRedis(progress: (message: string) => void): Promise<Redis> {
  const executable = await findRedis(progress);
  const port = await freePort();
  const options = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", "/"];
  const child = spawn(executable, options, { stdio: ["ignore", "pipe", "ignore"] });
  const kill = (): void => void child.kill("SIGKILL");
  process.on("exit", kill);
  child.once("exit", () => process.off("exit", kill));
  await accepting(child);
  return { url: `redis://127.0.0.1:${port}`, pid: child.pid ?? 0, stop: () => stop(child) };
}

async function accepting({ stdout }: ChildProcess): Promise<void> {
  if (stdout === null) throw new Error("Redis has no standard output");
  for await (const line of createInterface({ input: stdout })) {
    if (/ready to accept connections/i.test(line)) return void stdout.resume();
  }
  throw new Error("Redis did not start");
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
