import { fork, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { createServer, type Server } from "node:net";
import { stop, whenReady } from "../../tools/process.ts";
import type { GatewayAnswer, GatewayRequest } from "./protocol.ts";

/** A port of this computer that leads to a machine. */
export interface Forwarding {
  close(): void;
}

interface Waiting {
  resolve: (server?: Server) => void;
  reject: (error: Error) => void;
}

/** The machines' private network. */
export class Network {
  private last = 0;
  private readonly waiting = new Map<number, Waiting>();

  private readonly gateway: ChildProcess;

  private constructor(gateway: ChildProcess) {
    this.gateway = gateway;
    gateway.on("message", (answer: GatewayAnswer, server?: Server) => {
      if (answer.kind === "ready") return;
      const waiting = this.waiting.get(answer.id);
      this.waiting.delete(answer.id);
      if (answer.kind === "done") waiting?.resolve(server);
      else waiting?.reject(new Error(answer.reason));
    });
    gateway.once("exit", () => {
      for (const { reject } of this.waiting.values()) reject(new Error("the machines' network is gone"));
      this.waiting.clear();
    });
  }

  /** Makes the network; it goes when this process goes. */
  static async start(): Promise<Network> {
    const gateway = fork(join(import.meta.dirname, "gateway.ts"), [], {
      execPath: "unshare",
      execArgv: ["--net", process.execPath],
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    await whenReady(gateway, "The machines' network", (said) =>
      (said as GatewayAnswer).kind === "ready" ? true : undefined,
    );
    return new Network(gateway);
  }

  /** The process whose network namespace it is. */
  get pid(): number {
    return this.gateway.pid ?? 0;
  }

  /** A socket that listens inside the network, for a server of this process to `listen` on. */
  async listen(host: string, port: number): Promise<Server> {
    const server = await this.ask({ kind: "listen", id: 0, host, port });
    if (!server) throw new Error(`the machines' network gave no socket for ${host}:${port}`);
    return server;
  }

  /** Lets a port of this computer lead to one of a machine. */
  async forward(from: { host: string; port: number }, to: { host: string; port: number }): Promise<Forwarding> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ ...from, exclusive: true }, resolve);
    });
    const id = this.last + 1;
    await this.ask({ kind: "forward", id, ...to }, server);
    // Both processes hold the socket now; only the gateway accepts.
    server.close();
    return { close: () => this.send({ kind: "close", id }) };
  }

  stop(): Promise<void> {
    return stop(this.gateway);
  }

  private ask(request: GatewayRequest, server?: Server): Promise<Server | undefined> {
    const id = ++this.last;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.send({ ...request, id }, server);
    });
  }

  private send(request: GatewayRequest, server?: Server): void {
    if (this.gateway.connected) this.gateway.send(request, server);
  }
}
