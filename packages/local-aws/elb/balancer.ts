import { Agent, createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { Server as TlsServer, createServer as createTlsServer } from "node:https";
import type { Clock } from "../clock.ts";
import { messageOf } from "../errors.ts";
import type { Addresses } from "./addresses.ts";
import { localPort } from "./addresses.ts";
import type { Pem } from "./certificates.ts";
import { answerError, Forwarder, tellClient } from "./forwarder.ts";
import type { ElbMetrics, LoadBalancerMetrics } from "./metrics.ts";
import type { RequestFacts } from "./conditions.ts";
import { chooseGroup, chooseTarget, redirectLocation, routeFor, routingTable, type RoutingTable } from "./routing.ts";
import type { Targets } from "./targets.ts";
import type { Listener, LoadBalancer, Topology } from "./topology.ts";

/** ALB's idle time-out in AWS seconds, where the load balancer states none. */
const defaultIdleTimeout = 60;

/** A listener that really listens. */
interface Running {
  server: Server;
  listener: Listener;
  table: RoutingTable;
  forwarder: Forwarder;
  metrics: LoadBalancerMetrics;
  host: string;
  port: number;
}

/** What the data plane needs from the rest of the cloud. */
export interface BalancerArgs {
  clock: Clock;
  targets: Targets;
  addresses: Addresses;
  metrics: Pick<ElbMetrics, "of">;
  /** Key and certificate of an HTTPS listener, by the certificate's ARN. */
  certificate(arn: string): Pem;
  /** A number from 0 (inclusive) to 1 (exclusive); default Math.random. */
  draw?: () => number;
  log(line: string): void;
}

/** The data plane of all load balancers: one real HTTP proxy a listener. */
export class Balancer {
  private readonly running = new Map<string, Running>();
  private readonly draw: () => number;

  private readonly args: BalancerArgs;

  constructor(args: BalancerArgs) {
    this.args = args;
    this.draw = args.draw ?? Math.random;
  }

  /** Brings listeners up, changes or closes them; new requests follow the new state at once, older ones finish. */
  async apply(topology: Topology): Promise<void> {
    const balancers = new Map(topology.loadBalancers.map((balancer) => [balancer.arn, balancer]));
    this.args.addresses.keep(new Set(topology.loadBalancers.map((balancer) => balancer.name)));
    const wanted = new Map(topology.listeners.map((listener) => [listener.arn, listener]));
    for (const [arn, running] of this.running) {
      const listener = wanted.get(arn);
      const moved =
        listener?.port !== running.listener.port || (listener.protocol === "HTTPS") !== isSecure(running.listener);
      if (!listener || moved) {
        this.running.delete(arn);
        this.close(running);
      }
    }
    for (const listener of topology.listeners) {
      const balancer = balancers.get(listener.loadBalancerArn);
      if (balancer) {
        await this.bring(listener, balancer);
      }
    }
  }

  /** Where a listener really listens, undefined while it doesn't. */
  url(listenerArn: string): string | undefined {
    const running = this.running.get(listenerArn);
    return running && `${isSecure(running.listener) ? "https" : "http"}://${running.host}:${running.port}`;
  }

  end(): void {
    const all = [...this.running.values()];
    this.running.clear();
    for (const running of all) {
      running.server.closeAllConnections();
      this.close(running);
    }
  }

  private async bring(listener: Listener, balancer: LoadBalancer): Promise<void> {
    const known = this.running.get(listener.arn);
    const idle = Number(balancer.attributes["idle_timeout.timeout_seconds"] ?? defaultIdleTimeout);
    const table = routingTable(listener);
    const pem = isSecure(listener) ? this.args.certificate(listener.certificateArn ?? "") : undefined;
    if (known) {
      Object.assign(known, { listener, table });
      if (pem && known.server instanceof TlsServer) known.server.setSecureContext({ key: pem, cert: pem });
      known.forwarder.idleTimeout = this.args.clock.milliseconds(idle);
      known.forwarder.responseHeaders = responseHeaders(listener);
      return;
    }
    const milliseconds = this.args.clock.milliseconds(idle);
    const agent = new Agent({ keepAlive: true, maxFreeSockets: 1024, scheduling: "lifo", timeout: milliseconds });
    const forwarder = new Forwarder(agent, milliseconds);
    forwarder.responseHeaders = responseHeaders(listener);
    const serve = (request: IncomingMessage, response: ServerResponse): void => this.serve(running, request, response);
    const server = pem ? createTlsServer({ key: pem, cert: pem }, serve) : createServer(serve);
    // Not scaled: clients' connections idle in this machine's time, and one that is cut off at reuse is a failed request.
    server.keepAliveTimeout = idle * 1000;
    const host = this.args.addresses.of(balancer.name);
    const port = localPort(listener.port);
    const metrics = this.args.metrics.of(balancer);
    const running: Running = { server, listener, table, forwarder, metrics, host, port };
    try {
      await listen(server, host, port);
    } catch (error) {
      this.args.log(`listener ${balancer.name}:${listener.port} can't listen on ${host}:${port}: ${messageOf(error)}`);
      return;
    }
    this.running.set(listener.arn, running);
    this.args.log(`listener ${balancer.name}:${listener.port} listens on ${host}:${port}`);
  }

  private close(running: Running): void {
    running.server.close();
    running.server.closeIdleConnections();
    running.forwarder.close();
  }

  private serve(running: Running, request: IncomingMessage, response: ServerResponse): void {
    const route = routeFor(running.table, () => factsOf(request));
    switch (route.kind) {
      case "forward": {
        const arn = chooseGroup(route, this.draw());
        const pool = arn === undefined ? undefined : this.args.targets.pool(arn);
        const target = pool && chooseTarget(pool, pool.group.attributes["load_balancing.algorithm.type"]);
        if (target) {
          tellClient(request, running.listener);
          running.forwarder.forward(request, response, target, running.metrics.to(pool.group.arn));
        } else {
          running.metrics.failed(503);
          answerError(response, 503);
        }
        return;
      }
      case "fixed-response":
        request.resume();
        response.writeHead(route.status, {
          server: "awselb/2.0",
          ...responseHeaders(running.listener),
          "content-type": `${route.contentType}; charset=utf-8`,
          "content-length": Buffer.byteLength(route.body),
        });
        response.end(route.body);
        return;
      case "redirect": {
        request.resume();
        const { host, path, query } = factsOf(request);
        const protocol = isSecure(running.listener) ? "https" : "http";
        const from = { protocol, host, port: running.listener.port, path, query };
        response.writeHead(route.status, {
          server: "awselb/2.0",
          location: redirectLocation(route.url, from),
          "content-length": 0,
        });
        response.end();
      }
    }
  }
}

/** What the listener's attributes add to answers (Elastic Load Balancing: "HTTP header modification"); here, HSTS alone. */
function responseHeaders({ attributes }: Listener): Record<string, string> {
  const hsts = attributes["routing.http.response.strict_transport_security.header_value"];
  return hsts ? { "strict-transport-security": hsts } : {};
}

function isSecure(listener: Listener): boolean {
  return listener.protocol === "HTTPS";
}

function factsOf(request: IncomingMessage): RequestFacts {
  const [path = "/", query = ""] = (request.url ?? "/").split(/\?(.*)/s, 2);
  return {
    method: request.method ?? "GET",
    host: (request.headers.host ?? "").replace(/:\d+$/, "").toLowerCase(),
    path,
    query,
    headers: request.headers,
    sourceIp: request.socket.remoteAddress ?? "",
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
