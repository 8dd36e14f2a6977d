import type { IncomingHttpHeaders } from "node:http";
import { reply, type PassOn, type Reply, type Service } from "./call.ts";
import { actionOf, AwsError, errorXml, parseQuery } from "@bluegreen/query-protocol";
import { errorJson, parseJson, targetAction, type JsonService } from "./json.ts";

/** A call that came, whatever its protocol. */
interface Exchange {
  action: string;
  answer(passOn: PassOn): Promise<Reply>;
  /** The refusal in the call's own protocol. */
  refuse(error: AwsError): Reply;
}

/** What came to a service: for which one, its headers and its body. */
interface Incoming {
  service: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A service with the protocol that it speaks. */
export type Spoken = (incoming: Incoming) => Exchange;

/** A service of the Query protocol. */
export function query(service: Service): Spoken {
  return (incoming) => {
    const action = actionOf(incoming.body);
    return {
      action,
      answer: (passOn) => service({ ...incoming, action, params: parseQuery(incoming.body) }, passOn),
      refuse: (error) => reply(errorXml(incoming.service, error), error.status),
    };
  };
}

/** A service of the JSON protocol, 1.0 or 1.1. */
export function json(service: JsonService): Spoken {
  return (incoming) => {
    const action = targetAction(incoming.headers);
    return {
      action,
      async answer(passOn) {
        if (action === "") {
          throw new AwsError(
            "UnknownOperationException",
            `A call for ${incoming.service} came without X-Amz-Target; the rehearsal's cloud knows that service's ` +
              "JSON protocol only. Use an SDK that speaks it.",
          );
        }
        return service({ ...incoming, action, input: parseJson(incoming.body) }, passOn);
      },
      refuse: (error) => errorJson(incoming.headers, error),
    };
  };
}
