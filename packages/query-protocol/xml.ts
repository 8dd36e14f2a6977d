import { randomUUID } from "node:crypto";
import { XMLBuilder } from "fast-xml-parser";
import type { AwsError } from "./aws-error.ts";

/** What an action answers: structures, lists, text, numbers, booleans and dates; undefined members are left out. */
export type Answer = string | number | boolean | Date | undefined | Answer[] | { [member: string]: Answer };

type Node = string | { [member: string]: Node | Node[] };

const builder = new XMLBuilder({ suppressEmptyNode: false });

const namespaces: Record<string, string> = {
  autoscaling: "http://autoscaling.amazonaws.com/doc/2011-01-01/",
  elasticloadbalancing: "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/",
};

function node(value: Exclude<Answer, undefined>): Node {
  if (value instanceof Date) {
    return value.toISOString();
  }
  if (Array.isArray(value)) {
    return { member: value.filter((item) => item !== undefined).map(node) };
  }
  if (typeof value === "object") {
    const members: Record<string, Node> = {};
    for (const [name, member] of Object.entries(value)) {
      if (member !== undefined) {
        members[name] = node(member);
      }
    }
    return members;
  }
  return String(value);
}

/** An action's answer in the XML of AWS's Query protocol. */
export function answerXml(service: string, action: string, result: { [member: string]: Answer }): string {
  const body = builder.build({
    [`${action}Response`]: {
      [`${action}Result`]: node(result),
      ResponseMetadata: { RequestId: randomUUID() },
    },
  });
  return body.replace(`<${action}Response>`, `<${action}Response xmlns="${namespaces[service] ?? ""}">`);
}

/** The same in EC2's own protocol, which has neither a result element nor response metadata. */
export function ec2AnswerXml(action: string, members: Record<string, string>): string {
  const body = builder.build({ [`${action}Response`]: { requestId: randomUUID(), ...members } });
  return body.replace(`<${action}Response>`, `<${action}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">`);
}

/** A refusal in the XML of the service's protocol: EC2 and S3 have shapes of their own. */
export function errorXml(service: string, error: AwsError): string {
  const fault = { Code: error.code, Message: error.message };
  if (service === "s3") return builder.build({ Error: { ...fault, RequestId: randomUUID() } });
  return service === "ec2"
    ? builder.build({ Response: { Errors: { Error: fault }, RequestID: randomUUID() } })
    : builder.build({ ErrorResponse: { Error: { Type: "Sender", ...fault }, RequestId: randomUUID() } });
}
