import type { IncomingHttpHeaders } from "node:http";
import type { PassOn, Reply } from "./call.ts";
import { AwsError } from "@bluegreen/query-protocol";

/** An API call of AWS's JSON protocol, 1.0 or 1.1. */
export interface JsonCall {
  service: string;
  action: string;
  /** What the body says; nothing of it is checked yet. */
  input: unknown;
  headers: IncomingHttpHeaders;
  body: string;
}

/** Answers one JSON service's calls, by itself or with moto's help. */
export type JsonService = (call: JsonCall, passOn: PassOn) => Promise<Reply>;

/** The action of a JSON call, from its header `X-Amz-Target: SERVICE.ACTION`; empty where there is none. */
export function targetAction(headers: IncomingHttpHeaders): string {
  const target = headers["x-amz-target"];
  return typeof target === "string" ? (target.split(".").at(-1) ?? "") : "";
}

/**
 * Reads a JSON call's body.
 * @throws SerializationException, as AWS does, for what is no JSON object.
 */
export function parseJson(body: string): unknown {
  let input: unknown;
  try {
    input = JSON.parse(body === "" ? "{}" : body);
  } catch {
    throw new AwsError("SerializationException", "The body is no JSON.");
  }
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    throw new AwsError("SerializationException", "Start of structure or map found where not expected.");
  }
  return input;
}

/** An answer of this cloud's own to a JSON call; dates become seconds since 1970, as both protocol versions want. */
export function jsonReply(call: Pick<JsonCall, "headers">, output: object): Reply {
  const body = JSON.stringify(output, function (this: Record<string, unknown>, member: string, value: unknown) {
    // JSON.stringify has made a text of the date by now; its holder still has the date itself.
    const held = this[member];
    return held instanceof Date ? held.getTime() / 1000 : value;
  });
  return { status: 200, headers: { "content-type": contentType(call.headers) }, body };
}

/** A refusal as the JSON protocol sends it; callers of a service that once spoke Query get that protocol's code, too. */
export function errorJson(headers: IncomingHttpHeaders, error: AwsError): Reply {
  return {
    status: error.status,
    headers: {
      "content-type": contentType(headers),
      "x-amzn-errortype": error.code,
      ...(headers["x-amzn-query-mode"] === "true" && { "x-amzn-query-error": `${error.code};Sender` }),
    },
    body: JSON.stringify({ __type: error.code, message: error.message }),
  };
}

function contentType(headers: IncomingHttpHeaders): string {
  return headers["content-type"] ?? "application/x-amz-json-1.1";
}
