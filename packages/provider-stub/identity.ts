import { createHash, createHmac } from "node:crypto";
import { once } from "node:events";
import { IncomingMessage, request as httpRequest } from "node:http";
import { endpointOf, type Settings } from "./settings.ts";

const hash = (text: string) => createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();

/** A request signed as AWS's Signature Version 4 asks: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html */
function signedHeaders(url: URL, body: string, settings: Settings, now: Date): Record<string, string> {
  const time = now.toISOString().replace(/[-:]|\.\d+/g, "");
  const scope = `${time.slice(0, 8)}/${settings.region}/sts/aws4_request`;
  const headers = { "content-type": "application/x-www-form-urlencoded", host: url.host, "x-amz-date": time };
  const names = Object.keys(headers).join(";");
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const canonical = ["POST", "/", "", lines.join(""), names, hash(body)].join("\n");
  const toSign = ["AWS4-HMAC-SHA256", time, scope, hash(canonical)].join("\n");
  const key = scope.split("/").reduce<string | Buffer>(hmac, `AWS4${settings.secretKey}`);
  const credential = `AWS4-HMAC-SHA256 Credential=${settings.accessKey}/${scope}`;
  return {
    ...headers,
    authorization: `${credential}, SignedHeaders=${names}, Signature=${hmac(key, toSign).toString("hex")}`,
  };
}

/** Not fetch: that refuses some ports outright, whatever listens there. */
async function post(url: URL, body: string, headers: Record<string, string>): Promise<string> {
  const request = httpRequest(url, { method: "POST", headers });
  request.end(body);
  const [response] = (await once(request, "response")) as [IncomingMessage];
  let text = "";
  for await (const chunk of response) text += String(chunk);
  if (response.statusCode === 200) return text;
  throw new Error(`GetCallerIdentity answered ${response.statusCode}: ${text.slice(0, 200)}`);
}

/** Who calls, as STS sees it. */
export interface Identity {
  readonly account: string;
  readonly arn: string;
  readonly userId: string;
}

/** STS GetCallerIdentity. */
export async function callerIdentity(settings: Settings): Promise<Identity> {
  const url = new URL(endpointOf(settings, "sts"));
  const body = "Action=GetCallerIdentity&Version=2011-06-15";
  const text = await post(url, body, signedHeaders(url, body, settings, new Date()));
  const field = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1] ?? "";
  return { account: field("Account"), arn: field("Arn"), userId: field("UserId") };
}
