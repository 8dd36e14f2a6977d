import type { IncomingHttpHeaders } from "node:http";
import { reply, type Reply } from "./call.ts";
import { AwsError, errorXml } from "@bluegreen/query-protocol";
import { errorJson } from "./json.ts";

/** Ways in which all of AWS may fail its callers. `unreachable`: the connection breaks before any answer. */
export const faults = ["unreachable", "unavailable", "throttled", "expired"] as const;
export type Fault = (typeof faults)[number];

/** Lets AWS's API fail on purpose: the next calls, whoever makes them. */
export class FaultInjection {
  private fault: Fault = "unreachable";
  private left = 0;

  /** @param calls how many of the next ones fail; 0: none any more */
  inject(fault: Fault, calls: number): void {
    [this.fault, this.left] = [fault, calls];
  }

  /** What the call that comes now meets with; undefined: nothing. */
  take(): Fault | undefined {
    if (this.left === 0) return undefined;
    this.left--;
    return this.fault;
  }
}

/** The code, the message and the status of each, by protocol: EC2's own names differ from those of the others. */
const words: Record<Exclude<Fault, "unreachable">, Record<"ec2" | "query" | "json", [string, string, number]>> = {
  unavailable: {
    ec2: ["Unavailable", "The server is overloaded and can't handle the request.", 503],
    query: ["ServiceUnavailable", "Service is unable to handle request.", 503],
    json: ["ServiceUnavailable", "Service is unable to handle request.", 503],
  },
  throttled: {
    ec2: ["RequestLimitExceeded", "Request limit exceeded.", 503],
    query: ["Throttling", "Rate exceeded", 400],
    json: ["ThrottlingException", "Rate exceeded", 400],
  },
  expired: {
    ec2: ["RequestExpired", "Request has expired.", 400],
    query: ["ExpiredToken", "The security token included in the request is expired", 403],
    json: ["ExpiredTokenException", "The security token included in the request is expired", 400],
  },
};

/** The answer to a call that meets with a fault, in the call's own protocol. */
export function faultReply(
  fault: Exclude<Fault, "unreachable">,
  service: string,
  headers: Pick<IncomingHttpHeaders, string>,
): Reply {
  const isJson = headers["x-amz-target"] !== undefined;
  const error = new AwsError(...words[fault][isJson ? "json" : service === "ec2" ? "ec2" : "query"]);
  return isJson ? errorJson(headers, error) : reply(errorXml(service, error), error.status);
}
