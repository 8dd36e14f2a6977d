import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** A server on a free port of 127.0.0.1, until `close`. */
export interface Listening {
  url: string;
  close: () => Promise<unknown>;
}

export async function listen(
  handler: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Listening> {
  const server = createServer(handler).listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = () => {
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    return closed;
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

/** What an instance's metadata service has, by path below /latest/; a number is a status without a body. */
export type Metadata = Record<string, string | number>;

/** A group's member of a launch template that shows tags. */
export const member: Metadata = {
  "meta-data/instance-id": "i-0123456789abcdef0",
  "meta-data/placement/region": "eu-central-1",
  "meta-data/autoscaling/target-lifecycle-state": "InService",
  "meta-data/tags/instance/aws:autoscaling:groupName": "app-blue-group-1",
};

/** An instance metadata service that wants IMDSv2's token, as PUT /latest/api/token gives it. */
export function listenAsMetadata(metadata: Metadata): Promise<Listening> {
  return listen((request, response) => {
    const path = decodeURI(request.url ?? "").replace("/latest/", "");
    if (path === "api/token" && request.method === "PUT") {
      const seconds = Number(request.headers["x-aws-ec2-metadata-token-ttl-seconds"]);
      return void response.writeHead(seconds >= 1 && seconds <= 21_600 ? 200 : 400).end("token");
    }
    const found = request.headers["x-aws-ec2-metadata-token"] === "token" ? (metadata[path] ?? 404) : 401;
    if (typeof found === "number") return void response.writeHead(found).end("an HTML page");
    response.end(found);
  });
}

const xmlns = "http://autoscaling.amazonaws.com/doc/2011-01-01/";
const done = `<CompleteLifecycleActionResponse xmlns="${xmlns}"><CompleteLifecycleActionResult/></CompleteLifecycleActionResponse>`;
const notWaiting = `<ErrorResponse xmlns="${xmlns}"><Error><Type>Sender</Type><Code>ValidationError</Code><Message>No active Lifecycle Action found with instance ID i-0123456789abcdef0</Message></Error></ErrorResponse>`;

/** An Auto Scaling API that finds no waiting hook for the first `early` requests; `requests` tells what they asked. */
export async function listenAsAutoScaling(early = 0): Promise<Listening & { requests: Record<string, string>[] }> {
  const requests: Record<string, string>[] = [];
  const listening = await listen((request, response) => {
    void text(request).then((body) => {
      requests.push(Object.fromEntries(new URLSearchParams(body)));
      const waiting = requests.length > early;
      response.writeHead(waiting ? 200 : 400, { "Content-Type": "text/xml" }).end(waiting ? done : notWaiting);
    });
  });
  return { ...listening, requests };
}
