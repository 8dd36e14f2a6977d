import type { Agent, IncomingMessage, ServerResponse } from "node:http";
import { createProxyServer, type ProxyServer } from "http-proxy-3";
import type { TargetMetrics } from "./metrics.ts";
import type { Target } from "./target-health.ts";

const titles = { 502: "502 Bad Gateway", 503: "503 Service Temporarily Unavailable", 504: "504 Gateway Time-out" };

/** Answers what a load balancer answers by itself when no target did. */
export function answerError(response: ServerResponse, status: keyof typeof titles): void {
  if (response.headersSent) {
    // Part of the target's answer is out already: only the broken connection can tell the client.
    response.destroy();
    return;
  }
  const title = titles[status];
  const body = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`;
  response.writeHead(status, {
    server: "awselb/2.0",
    "content-type": "text/html",
    "content-length": Buffer.byteLength(body),
  });
  response.end(body);
}

/**
 * What an ALB tells its targets of the client (user guide: "HTTP headers and Application Load Balancers"): it appends to
 * X-Forwarded-For, and puts its own word in the place of the client's in the other two.
 */
export function tellClient(request: IncomingMessage, listener: { protocol: string; port: number }): void {
  const { headers, socket } = request;
  const before = headers["x-forwarded-for"];
  headers["x-forwarded-for"] = [...(before === undefined ? [] : [before]), socket.remoteAddress].join(", ");
  headers["x-forwarded-proto"] = listener.protocol.toLowerCase();
  headers["x-forwarded-port"] = String(listener.port);
}

/** Sends requests to targets over kept connections. Like an ALB it never tries a second time. */
export class Forwarder {
  private readonly proxy: ProxyServer;
  /** Requests on their way, by the answer that their client waits for. */
  private readonly waiting = new WeakMap<object, { began: number; metrics: TargetMetrics }>();

  private readonly agent: Agent;
  idleTimeout: number;
  /** Headers that the listener puts into every answer, in the place of the target's own. */
  responseHeaders: Readonly<Record<string, string>> = {};

  /**
   * @param agent Keeps the connections to targets.
   * @param idleTimeout Real milliseconds without a byte after which the load balancer answers 504.
   */
  constructor(agent: Agent, idleTimeout: number) {
    this.agent = agent;
    this.idleTimeout = idleTimeout;
    this.proxy = createProxyServer({ agent });
    this.proxy.on("proxyRes", (answer, _request, response) => {
      const request = this.waiting.get(response);
      request?.metrics.answered(answer.statusCode ?? 0, (performance.now() - request.began) / 1000);
      // Hop by hop: a target that closes its connection (it shuts down) says nothing about the client's.
      answer.headers.connection = response.shouldKeepAlive ? "keep-alive" : "close";
      delete answer.headers["keep-alive"];
      Object.assign(answer.headers, this.responseHeaders);
      // A target that dies in the middle of its answer: without this the client would wait for ever.
      answer.once("error", () => response.destroy());
    });
  }

  forward(request: IncomingMessage, response: ServerResponse, target: Target, metrics: TargetMetrics): void {
    metrics.chosen();
    const fail = (status: 502 | 504): void => {
      // An answer that broke off was the target's: its status is counted already.
      if (!response.headersSent) metrics.failed(status);
      answerError(response, status);
    };
    if (!target.address) {
      metrics.notConnected();
      fail(502);
      return;
    }
    const began = performance.now();
    this.waiting.set(response, { began, metrics });
    target.inFlight++;
    response.once("close", () => target.inFlight--);
    // Hop by hop: whether the client keeps its connection says nothing about the one to the target.
    delete request.headers.connection;
    this.proxy.web(request, response, { target: target.address, proxyTimeout: this.idleTimeout }, (error) => {
      if ("syscall" in error && error.syscall === "connect") metrics.notConnected();
      fail(performance.now() - began >= this.idleTimeout ? 504 : 502);
    });
  }

  /** Closes idle connections to targets; those in use end with their request. */
  close(): void {
    this.agent.maxFreeSockets = 0;
    for (const sockets of Object.values(this.agent.freeSockets)) {
      sockets?.forEach((socket) => socket.destroy());
    }
  }
}
