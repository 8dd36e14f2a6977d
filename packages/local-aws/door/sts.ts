import { XMLParser } from "fast-xml-parser";
import type { Call, PassOn, Reply } from "../call.ts";
import type { Keys } from "./keys.ts";

// Keys are text, also those that look like a number.
const parser = new XMLParser({ parseTagValue: false });

/** What an answer of STS has of credentials. */
interface Given {
  AccessKeyId: string;
  SecretAccessKey: string;
  SessionToken: string;
  Expiration: string;
}

/** Security Token Service: moto makes temporary credentials, and this cloud takes them from then on. */
export async function answerSts({ action }: Call, passOn: PassOn, keys: Pick<Keys, "add">): Promise<Reply> {
  const answer = await passOn();
  const parsed = parser.parse(answer.body) as Record<string, Record<string, { Credentials?: Given } | undefined>>;
  const given = parsed[`${action}Response`]?.[`${action}Result`]?.Credentials;
  if (given) {
    const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken } = given;
    const credentials = { accessKeyId, secretAccessKey, sessionToken };
    keys.add({ credentials, issuedAt: new Date(), expiration: new Date(given.Expiration) });
  }
  return answer;
}
