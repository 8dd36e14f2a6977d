import http from "node:http";
import type { AddressInfo } from "node:net";
import type { PreviewEndpoint } from "../../../aws/preview.ts";

/** A real server in place of the preview listener; what it answers can change. */
export class PreviewServer {
  respond: http.RequestListener = (_, response) => response.end("ok");
  /** Each as `colour path`. */
  requests: string[] = [];
  private readonly server = http.createServer((request, response) => {
    this.requests.push(`${String(request.headers["x-bluegreen-preview"])} ${request.url}`);
    this.respond(request, response);
  });

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
  }

  get endpoint(): PreviewEndpoint {
    const { port } = this.server.address() as AddressInfo;
    return { protocol: "http", host: "127.0.0.1", port };
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** Where nobody listens. */
export async function closedEndpoint(): Promise<PreviewEndpoint> {
  const server = new PreviewServer();
  await server.start();
  const { endpoint } = server;
  await server.stop();
  return endpoint;
}
