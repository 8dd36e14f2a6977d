import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { metadataTree, versions, type Branch, type MetadataOf, type Node } from "./metadata-tree.ts";

export type { MetadataOf } from "./metadata-tree.ts";

/** A request to 169.254.169.254, from whatever network the instance is in. */
export interface MetadataRequest {
  method: string;
  path: string;
  /** Names in lower case, as Node gives them. */
  headers: Record<string, string | string[] | undefined>;
}

export interface MetadataReply {
  status: number;
  headers: Record<string, string>;
  /** User data is bytes and may be no text. */
  body: string | Buffer;
}

const tokenHeader = "x-aws-ec2-metadata-token";
const ttlHeader = `${tokenHeader}-ttl-seconds`;
/** Seconds that a token may live: six hours. */
const longestTtl = 21_600;

/** Tokens of this process: nothing to keep, and none of another instance is taken. */
const key = randomBytes(32);

function signature(instanceId: string, expires: number): string {
  return createHmac("sha256", key).update(`${instanceId} ${expires}`).digest("base64url");
}

function isValid(token: string, instanceId: string, now: number): boolean {
  const [expires = "", signed = ""] = token.split(".");
  const [given, right] = [Buffer.from(signed), Buffer.from(signature(instanceId, Number(expires)))];
  return given.length === right.length && timingSafeEqual(given, right) && Number(expires) > now;
}

const reply = (status: number, body: string | Buffer, headers: Record<string, string> = {}): MetadataReply => ({
  status,
  headers: { "content-type": "text/plain", server: "EC2ws", ...headers },
  body,
});

const refusal = (status: number, reason: string): MetadataReply => reply(status, `${status} - ${reason}\n`);

function tokenReply({ headers }: MetadataRequest, instance: MetadataOf, now: number): MetadataReply {
  // A forwarded request comes from an open proxy, not from the instance.
  if (headers["x-forwarded-for"] !== undefined) return refusal(403, "Forbidden");
  const given = headers[ttlHeader];
  const ttl = typeof given === "string" && /^\d+$/.test(given) ? Number(given) : 0;
  if (ttl < 1 || ttl > longestTtl) return refusal(400, "Bad Request");
  const expires = now + ttl * 1000;
  return reply(200, `${expires}.${signature(instance.instanceId, expires)}`, { [ttlHeader]: String(ttl) });
}

/** The node that a path leads to; a branch is found with and without its closing slash. */
function nodeAt(tree: Branch, path: string): Node | undefined {
  let node: Node | undefined = tree;
  for (const segment of path.split("/").filter((part) => part !== "")) {
    if (node === undefined || typeof node === "string" || Buffer.isBuffer(node)) return undefined;
    node = Object.hasOwn(node.children, segment) ? node.children[segment] : undefined;
  }
  return node;
}

function listing({ children, lines }: Branch): string {
  const names = Object.entries(children).map(([name, node]) =>
    typeof node === "string" || Buffer.isBuffer(node) ? name : `${name}/`,
  );
  return (lines ?? names).join("\n");
}

/**
 * The instance metadata service, version 2 alone (`httpTokens: required`): a PUT gives a token, and a GET without a
 * valid one is refused with 401. What an instance hasn't got (user data, a group, a role, tags that its template doesn't
 * show) is 404.
 * @param now milliseconds since the epoch, for tokens and credentials
 */
export function answerMetadata(request: MetadataRequest, instance: MetadataOf, now = Date.now()): MetadataReply {
  const [path = "/"] = request.path.split("?");
  if (path === "/latest/api/token" && request.method === "PUT") return tokenReply(request, instance, now);
  if (request.method !== "GET") return refusal(405, "Method Not Allowed");
  const token = request.headers[tokenHeader];
  if (typeof token !== "string" || !isValid(token, instance.instanceId, now)) return refusal(401, "Unauthorized");
  const [, version = "", ...rest] = path.split("/");
  if (version === "") return reply(200, versions.join("\n"));
  let node: Node | undefined;
  try {
    node = versions.includes(version)
      ? nodeAt(metadataTree(instance, now), decodeURIComponent(rest.join("/")))
      : undefined;
  } catch {
    return refusal(400, "Bad Request");
  }
  if (node === undefined) return refusal(404, "Not Found");
  return reply(200, typeof node === "string" || Buffer.isBuffer(node) ? node : listing(node));
}
