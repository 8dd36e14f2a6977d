import type { IncomingHttpHeaders } from "node:http";

/** A request as it came. */
export interface Incoming {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Who a request says that it is from, by Signature Version 4; nothing of it is proved yet. */
export interface Claim {
  readonly accessKeyId: string;
  readonly sessionToken?: string;
  readonly region: string;
  readonly service: string;
  /** YYYYMMDD of the credential scope. */
  readonly scopeDate: string;
  /** YYYYMMDDTHHMMSSZ. */
  readonly date: string;
  /** In small letters. */
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** Of a presigned URL: the seconds that it holds. */
  readonly expiresIn?: number;
}

/** Why a request has no complete signature. */
export interface NoClaim {
  /** What AWS calls it; `query`: a presigned URL is not as it should be. */
  readonly kind: "missing" | "incomplete" | "query";
  readonly reason: string;
}

/** The one algorithm. Version 4A (`AWS4-ECDSA-P256-SHA256`) is for several regions; there is one here. */
const algorithm = "AWS4-HMAC-SHA256";

/** Seconds that a presigned URL may hold: seven days. */
const longest = 604_800;

/** Reads what a request says of its signature, from its header `Authorization` or, presigned, from its query. */
export function claimOf({ url, headers }: Pick<Incoming, "url" | "headers">): Claim | NoClaim {
  if (headers.authorization !== undefined) return ofHeader(headers.authorization, headers);
  const query = new URLSearchParams(/\?(.*)/s.exec(url)?.[1] ?? "");
  if (query.has("X-Amz-Signature") || query.has("X-Amz-Credential")) return ofQuery(query);
  return { kind: "missing", reason: "Request is missing Authentication Token" };
}

function ofHeader(authorization: string, headers: IncomingHttpHeaders): Claim | NoClaim {
  const parts = Object.fromEntries(
    [...authorization.matchAll(/(?:^|[\s,])(Credential|SignedHeaders|Signature)=([^\s,]*)/g)].map(
      ([, name = "", value = ""]) => [name, value],
    ),
  );
  const date = text(headers["x-amz-date"]);
  const missing = ["Credential", "Signature", "SignedHeaders"]
    .filter((name) => !parts[name])
    .map((name) => `Authorization header requires '${name}' parameter.`);
  if (!date) missing.push("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
  if (!authorization.startsWith(`${algorithm} `)) missing.unshift(`Authorization header requires ${algorithm}.`);
  if (missing.length > 0) return { kind: "incomplete", reason: missing.join(" ") };
  const claim = claimed(parts, date, text(headers["x-amz-security-token"]));
  return (
    claim ?? { kind: "incomplete", reason: "Credential must have exactly 5 slash-delimited elements, e.g. " + example }
  );
}

function ofQuery(query: URLSearchParams): Claim | NoClaim {
  const of = (name: string) => query.get(`X-Amz-${name}`) ?? "";
  const names = ["Algorithm", "Credential", "Signature", "Date", "SignedHeaders", "Expires"];
  const expiresIn = Number(of("Expires"));
  if (names.some((name) => of(name) === "") || of("Algorithm") !== algorithm) {
    const reason = `Query-string authentication requires ${names.map((name) => `X-Amz-${name}`).join(", ")}.`;
    return { kind: "query", reason };
  }
  if (!Number.isInteger(expiresIn) || expiresIn < 1 || expiresIn > longest) {
    return { kind: "query", reason: `X-Amz-Expires must be from 1 to ${longest} seconds.` };
  }
  const parts = { Credential: of("Credential"), Signature: of("Signature"), SignedHeaders: of("SignedHeaders") };
  const claim = claimed(parts, of("Date"), query.get("X-Amz-Security-Token") ?? undefined);
  if (claim === undefined)
    return { kind: "query", reason: `Error parsing the X-Amz-Credential parameter, e.g. ${example}` };
  // STS, RDS and others can be presigned, too; nobody here does that.
  if (claim.service !== "s3")
    return { kind: "query", reason: "The rehearsal's cloud takes presigned URLs for S3 alone." };
  return { ...claim, expiresIn };
}

const example = "KEY/YYYYMMDD/REGION/SERVICE/aws4_request";

function claimed(
  { Credential = "", Signature = "", SignedHeaders = "" }: Record<string, string | undefined>,
  date: string,
  sessionToken: string | undefined,
): Claim | undefined {
  const [accessKeyId, scopeDate, region, service, end, ...more] = Credential.split("/");
  if (!accessKeyId || !scopeDate || !region || !service || end !== "aws4_request" || more.length > 0) return undefined;
  const signedHeaders = SignedHeaders.toLowerCase().split(";");
  return { accessKeyId, sessionToken, region, service, scopeDate, date, signedHeaders, signature: Signature };
}

/** A header that came once. */
function text(value: string | string[] | undefined): string {
  return typeof value === "string" ? value : "";
}
