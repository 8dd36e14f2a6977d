import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";

/** A Parameter Store in which nothing stands, for a program that is evaluated against mocks: no image is revoked. */
export interface NoRevocations {
  /** Config by which the program asks it. */
  readonly config: Readonly<Record<string, string>>;
  close(): void;
}

/** Listens on a free port of 127.0.0.1, and answers every request alike. */
export async function noRevocations(): Promise<NoRevocations> {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { "content-type": "application/x-amz-json-1.1" }).end('{"Parameters":[]}');
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const ssm = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    config: { "aws:accessKey": "mock", "aws:secretKey": "mock", "aws:endpoints": JSON.stringify([{ ssm }]) },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
