import type { IncomingHttpHeaders } from "node:http";
import type { QueryStructure } from "@bluegreen/query-protocol";

/** An API call of AWS's Query protocol. */
export interface Call {
  service: string;
  action: string;
  params: QueryStructure;
  headers: IncomingHttpHeaders;
  body: string;
}

/** An answer on its way to the caller. */
export interface Reply {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** Hands a call on to moto, as it came or with another body. */
export type PassOn = (body?: string) => Promise<Reply>;

/** Answers one service's calls, by itself or with moto's help. */
export type Service = (call: Call, passOn: PassOn) => Promise<Reply>;

/** An answer of this cloud's own. */
export function reply(body: string, status = 200): Reply {
  return { status, headers: { "content-type": "text/xml; charset=utf-8" }, body };
}
