import { Hash } from "@smithy/core/serde";
import { SignatureV4 } from "@smithy/signature-v4";
import type { Credentials } from "./keys.ts";

/** The service that the control paths are signed for; AWS has none of that name. */
export const controlService = "rehearsal";

/** Where a request is to go and as whom. */
export interface Signing {
  readonly region: string;
  readonly service: string;
  readonly credentials: Credentials;
}

/** The headers of a signed request without a body; `Host` is left to whoever sends it. */
export async function signedHeaders(
  method: string,
  url: URL,
  { region, service, credentials }: Signing,
): Promise<Record<string, string>> {
  const signer = new SignatureV4({ service, region, credentials, sha256: Hash.bind(null, "sha256") });
  const { headers } = await signer.sign({
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: { host: url.host },
  });
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== "host"));
}
