import type { IncomingHttpHeaders } from "node:http";
import { reply, type Reply } from "../call.ts";
import { AwsError, errorXml } from "@bluegreen/query-protocol";
import { errorJson } from "../json.ts";

/** Ways in which a request fails to prove who it is from. */
export type Kind =
  | "missing"
  | "incomplete"
  | "query"
  | "unknownKey"
  | "unknownToken"
  | "expiredToken"
  | "mismatch"
  | "skewed"
  | "expiredUrl";

type Protocol = "query" | "json" | "ec2" | "s3";
/** Code, message (undefined: the reason at hand) and status. */
type Words = readonly [code: string, message: string | undefined, status: number];

const invalid = "The security token included in the request is invalid.";
const expired = "The security token included in the request is expired";
const mismatch =
  "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and " +
  "signing method. Consult the service documentation for details.";
const authFailure = ["AuthFailure", "AWS was not able to validate the provided access credentials", 401] as const;
const malformed = ["AuthorizationQueryParametersError", undefined, 400] as const;

/**
 * Each in the words of each protocol. Codes and status: "Common errors" of the services' API references, EC2's and S3's own
 * lists of error codes; moto's `iam/access_control.py` has the same.
 */
const words: Record<Kind, Record<Protocol, Words>> = {
  missing: {
    query: ["MissingAuthenticationToken", undefined, 403],
    json: ["MissingAuthenticationTokenException", undefined, 400],
    ec2: ["MissingAuthenticationToken", undefined, 403],
    s3: ["AccessDenied", "Access Denied", 403],
  },
  incomplete: {
    query: ["IncompleteSignature", undefined, 400],
    json: ["IncompleteSignatureException", undefined, 400],
    ec2: ["IncompleteSignature", undefined, 400],
    s3: ["AuthorizationHeaderMalformed", undefined, 400],
  },
  query: { query: malformed, json: malformed, ec2: malformed, s3: malformed },
  unknownKey: {
    query: ["InvalidClientTokenId", invalid, 403],
    json: ["UnrecognizedClientException", invalid, 400],
    ec2: authFailure,
    s3: ["InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.", 403],
  },
  unknownToken: {
    query: ["InvalidClientTokenId", invalid, 403],
    json: ["UnrecognizedClientException", invalid, 400],
    ec2: authFailure,
    s3: ["InvalidToken", "The provided token is malformed or otherwise invalid.", 400],
  },
  expiredToken: {
    query: ["ExpiredToken", expired, 403],
    json: ["ExpiredTokenException", expired, 400],
    ec2: ["RequestExpired", "Request has expired.", 400],
    s3: ["ExpiredToken", "The provided token has expired.", 400],
  },
  mismatch: {
    query: ["SignatureDoesNotMatch", mismatch, 403],
    json: ["InvalidSignatureException", mismatch, 400],
    ec2: authFailure,
    s3: ["SignatureDoesNotMatch", mismatch, 403],
  },
  skewed: {
    query: ["SignatureDoesNotMatch", undefined, 403],
    json: ["InvalidSignatureException", undefined, 400],
    ec2: ["RequestExpired", "Request has expired.", 400],
    s3: ["RequestTimeTooSkewed", "The difference between the request time and the current time is too large.", 403],
  },
  expiredUrl: {
    query: malformed,
    json: malformed,
    ec2: malformed,
    s3: ["AccessDenied", "Request has expired", 403],
  },
};

/** The answer to a request that does not prove who it is from, in the request's own protocol. */
export function refusal(kind: Kind, reason: string, service: string, headers: IncomingHttpHeaders): Reply {
  const protocol = protocolOf(service, headers);
  const [code, message, status] = words[kind][protocol];
  return refusalReply(new AwsError(code, message ?? reason, status), protocol === "s3" ? "s3" : service, headers);
}

/** An error before the service is asked. */
export function refusalReply(error: AwsError, service: string, headers: IncomingHttpHeaders): Reply {
  if (protocolOf(service, headers) === "json") return errorJson(headers, error);
  return reply(errorXml(service, error), error.status);
}

function protocolOf(service: string, headers: IncomingHttpHeaders): Protocol {
  if (headers["x-amz-target"] !== undefined) return "json";
  if (service === "ec2" || service === "s3") return service;
  // Without a signature, nobody but a form's sender says which service it wants; all others speak S3's way.
  const isForm = headers["content-type"]?.startsWith("application/x-www-form-urlencoded") === true;
  return service !== "" || isForm ? "query" : "s3";
}
