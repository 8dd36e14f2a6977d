import { createHash, createHmac } from "node:crypto";
import { createServer, request, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** Stands before the local cloud and keeps the names of the actions that are called through it. */
export interface CallRecorder {
  readonly url: string;
  readonly actions: readonly string[];
  close(): void;
}

/** Actions that change nothing, by AWS's own naming. */
export const isReading = (action: string): boolean => /^(Describe|Get|List|Query|Scan|BatchGet|Head)/.test(action);

/** Relays to the cloud, which takes requests for its own host alone: each is signed anew with the key that callers have. */
export async function recordCalls(endpoint: string, secretAccessKey: string): Promise<CallRecorder> {
  const actions: string[] = [];
  const server = createServer((incoming, response) => {
    const relay = async (): Promise<void> => {
      const body = await text(incoming);
      actions.push(actionOf(incoming, body));
      const { method = "GET", url: path = "/" } = incoming;
      const url = new URL(path, endpoint);
      const headers = signedAnew({ ...incoming.headers, host: url.host }, method, url, body, secretAccessKey);
      const passed = request(url, { method, headers });
      passed.end(body);
      const [answer] = (await once(passed, "response")) as [IncomingMessage];
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    };
    relay().catch((error: Error) => response.writeHead(502).end(error.message));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, actions, close: () => (server.close(), server.closeAllConnections()) };
}

/** Signature version 4 over the same headers (docs.aws.amazon.com: "Create a signed AWS API request"). */
function signedAnew(
  headers: IncomingHttpHeaders,
  method: string,
  { pathname, searchParams }: URL,
  body: string,
  secret: string,
): IncomingHttpHeaders {
  const given = /^AWS4-HMAC-SHA256 Credential=[^/]+\/(\S+?), ?SignedHeaders=(\S+?), ?Signature=\w+$/.exec(
    headers.authorization ?? "",
  );
  if (given === null) return headers;
  const [, scope, signed] = given;
  searchParams.sort();
  const canonical = [
    ...[method, pathname, searchParams.toString().replaceAll("+", "%20")],
    ...signed.split(";").map((name) => `${name}:${String(headers[name] ?? "").trim()}`),
    ...["", signed, String(headers["x-amz-content-sha256"] ?? digest(body))],
  ].join("\n");
  const text = ["AWS4-HMAC-SHA256", headers["x-amz-date"], scope, digest(canonical)].join("\n");
  const hmac = (key: string | Buffer, value: string) => createHmac("sha256", key).update(value).digest();
  const key = scope.split("/").reduce<string | Buffer>(hmac, `AWS4${secret}`);
  const signature = hmac(key, text).toString("hex");
  return { ...headers, authorization: headers.authorization?.replace(/Signature=\w+$/, `Signature=${signature}`) };
}

const digest = (value: string): string => createHash("sha256").update(value).digest("hex");

/** The action by header (JSON protocols), form (Query), or method and path (REST). */
function actionOf({ headers, method = "", url = "" }: IncomingMessage, body: string): string {
  const target = headers["x-amz-target"];
  if (typeof target === "string") return target.split(".").at(-1) ?? target;
  const action = new URLSearchParams(body).get("Action") ?? /\/operation\/(\w+)$/.exec(url)?.[1];
  return action ?? (method === "GET" || method === "HEAD" ? `Get ${url}` : `${method} ${url}`);
}
