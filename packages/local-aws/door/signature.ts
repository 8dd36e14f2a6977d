import { createHash, timingSafeEqual } from "node:crypto";
import { Hash } from "@smithy/core/serde";
import { SignatureV4 } from "@smithy/signature-v4";
import type { Reply } from "../call.ts";
import { AwsError } from "@bluegreen/query-protocol";
import { claimOf, type Claim, type Incoming } from "./claim.ts";
import type { Credentials, Keys } from "./keys.ts";
import { refusal, refusalReply, type Kind } from "./refusals.ts";

/** Who a request is from, proved. */
export interface Caller {
  readonly accessKeyId: string;
  readonly region: string;
  readonly service: string;
  readonly presigned: boolean;
}

const sha256 = Hash.bind(null, "sha256");
const payloadHeader = "x-amz-content-sha256";
const unsigned = "UNSIGNED-PAYLOAD";
/** What S3 takes instead of the body's digest. JavaScript's SDK sends the second one for streams, with a checksum behind. */
const unhashed = [unsigned, "STREAMING-UNSIGNED-PAYLOAD-TRAILER"];

/** Minutes that a request's date may be off: the IAM guide's five; S3's API reference says fifteen. */
const allowedSkew = (service: string): number => (service === "s3" ? 15 : 5);

/**
 * Verifies a request's Signature Version 4 as AWS does: key, session token, date, payload and signature.
 * @param now milliseconds since the epoch
 * @returns who it is from, or AWS's refusal in the request's own protocol
 */
export async function authenticate(
  request: Incoming,
  keys: Pick<Keys, "get">,
  now = Date.now(),
): Promise<Caller | Reply> {
  const claim = claimOf(request);
  const { headers } = request;
  if ("kind" in claim) return refusal(claim.kind, claim.reason, "", headers);
  const { accessKeyId, region, service, sessionToken = "", expiresIn } = claim;
  const refuse = (kind: Kind, reason = ""): Reply => refusal(kind, reason, service, headers);
  const issued = keys.get(accessKeyId);
  if (!issued) return refuse("unknownKey");
  if (!isEqual(sessionToken, issued.credentials.sessionToken ?? "")) return refuse("unknownToken");
  if (issued.expiration && issued.expiration.getTime() <= now) return refuse("expiredToken");
  const late = expiresIn === undefined ? skew(claim, now) : undefined;
  if (late !== undefined) return refuse("skewed", late);
  if (expiresIn !== undefined && timeOf(claim.date) + expiresIn * 1000 <= now) return refuse("expiredUrl");
  const fault = payloadFault(claim, request);
  if (fault) return refusalReply(fault, service, headers);
  const isSound =
    claim.signedHeaders.includes("host") &&
    claim.scopeDate === claim.date.slice(0, 8) &&
    isEqual(claim.signature, await signatureOf(request, claim, issued.credentials));
  return isSound ? { accessKeyId, region, service, presigned: expiresIn !== undefined } : refuse("mismatch");
}

/** The signature that the request has if it is from whom it claims. */
async function signatureOf(request: Incoming, claim: Claim, credentials: Credentials): Promise<string> {
  const { region, service, signedHeaders, expiresIn } = claim;
  const signer = new SignatureV4({
    service,
    region,
    credentials,
    sha256,
    // S3 alone takes the path as it is.
    uriEscapePath: service !== "s3",
    applyChecksum: false,
  });
  const [path = "/", query = ""] = request.url.split(/\?(.*)/s, 2);
  const signed = signedHeaders.flatMap((name) => {
    const value = request.headers[name];
    return value === undefined ? [] : [[name, String(value)] as const];
  });
  const given = {
    method: request.method,
    protocol: "http:",
    hostname: "",
    path,
    query: bagOf(query),
    headers: Object.fromEntries(signed),
    body: request.body,
  };
  const options = { signingDate: new Date(timeOf(claim.date)), signableHeaders: new Set(signedHeaders) };
  if (expiresIn === undefined) {
    const { headers } = await signer.sign(given, options);
    return /Signature=(\w+)/.exec(headers.authorization ?? "")?.[1] ?? "";
  }
  given.headers[payloadHeader] = unsigned;
  const unsignableHeaders = new Set([payloadHeader]);
  const unhoistableHeaders = new Set(Object.keys(given.headers));
  const made = await signer.presign(given, { ...options, unsignableHeaders, unhoistableHeaders, expiresIn });
  return String(made.query?.["X-Amz-Signature"]);
}

/** A query's parameters, decoded; a name that comes more than once has a list. */
function bagOf(query: string): Record<string, string | string[]> {
  const bag: Record<string, string | string[]> = {};
  for (const pair of query.split("&").filter((part) => part !== "")) {
    const [name = "", value = ""] = pair.split(/=(.*)/s, 2).map(decoded);
    const before = Object.hasOwn(bag, name) ? bag[name] : undefined;
    bag[name] = before === undefined ? value : [before, value].flat();
  }
  return bag;
}

/** A text that is not encoded as it should be stays as it came: no signature will fit. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Why the body is not the one that was signed; its digest itself is signed, as a header or as part of the request. */
function payloadFault({ service, expiresIn }: Claim, { headers, body }: Incoming): AwsError | undefined {
  const given = headers[payloadHeader];
  if (expiresIn !== undefined) return undefined;
  if (given === undefined) {
    return service === "s3"
      ? new AwsError("InvalidRequest", `Missing required header for this request: ${payloadHeader}`)
      : undefined;
  }
  if (service === "s3" && unhashed.includes(String(given))) return undefined;
  if (service === "s3" && String(given).startsWith("STREAMING-")) {
    return new AwsError("NotImplemented", "A header you provided implies functionality that is not implemented.", 501);
  }
  if (isEqual(String(given), digestOf(body).toString("hex"))) return undefined;
  return new AwsError(
    "XAmzContentSHA256Mismatch",
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
  );
}

/** Why a request comes too late or too early, in AWS's words. */
function skew({ date, service }: Claim, now: number): string | undefined {
  const minutes = allowedSkew(service);
  const [earliest, latest] = [now - minutes * 60_000, now + minutes * 60_000];
  const time = timeOf(date);
  if (time < earliest) {
    const until = `${written(earliest)} (${written(now)} - ${minutes} min.)`;
    return `Signature expired: ${date} is now earlier than ${until}`;
  }
  if (time <= latest) return undefined;
  return `Signature not yet current: ${date} is still later than ${written(latest)} (${written(now)} + ${minutes} min.)`;
}

/** Milliseconds since the epoch; 1970 for what is no date. */
function timeOf(date: string): number {
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date) ?? [];
  const [year, month, day, hour, minute, second] = parts.map(Number);
  return year === undefined ? 0 : Date.UTC(year, (month ?? 1) - 1, day, hour, minute, second);
}

const written = (time: number): string => new Date(time).toISOString().replace(/[-:]|\.\d+/g, "");

/** Compares in a time that tells nothing of where two texts differ. */
function isEqual(one: string, other: string): boolean {
  const [a, b] = [digestOf(one), digestOf(other)];
  return timingSafeEqual(a, b);
}

const digestOf = (data: string | Buffer): Buffer => createHash("sha256").update(data).digest();
