import type { SSMClient } from "@aws-sdk/client-ssm";
import { parseRevocation, revokedPath, type Revocation } from "../deployment/revocation.ts";
import type { ClientOptions } from "./clients.ts";

/** Asks for all revocations of the account and region, and waits so many milliseconds. AWS's errors pass through. */
export type ReadRevocations = (milliseconds: number) => Promise<Revocation[]>;

/** The right that it takes, for messages. */
export const revocationRight = `ssm:GetParametersByPath on ${revokedPath}`;

/** Reads revocations. The SDK's client is loaded with the first question. */
export function revocationReader(options: ClientOptions): ReadRevocations {
  return async (milliseconds) => {
    const { SSMClient } = await import("@aws-sdk/client-ssm");
    return listRevocations(new SSMClient(options.of("ssm")), AbortSignal.timeout(milliseconds));
  };
}

export async function listRevocations(client: SSMClient, abortSignal: AbortSignal): Promise<Revocation[]> {
  const { GetParametersByPathCommand } = await import("@aws-sdk/client-ssm");
  const found: Revocation[] = [];
  let page: string | undefined;
  do {
    const asked = new GetParametersByPathCommand({ Path: revokedPath, NextToken: page });
    const { Parameters = [], NextToken } = await client.send(asked, { abortSignal });
    found.push(...Parameters.map(({ Name = "", Value = "" }) => parseRevocation(Name, Value)));
    page = NextToken;
  } while (page !== undefined);
  return found;
}
