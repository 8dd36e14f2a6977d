import type { RequestOptions } from "node:https";
import type { ConnectionOptions, SecureContext } from "node:tls";
import type { Color } from "../deployment/model.ts";
import { projectFileName } from "./authorities.ts";

// An import of node:http would load Node's whole fetch (undici) with it: 20 ms of each update.
const http = process.getBuiltinModule("node:http");
const https = process.getBuiltinModule("node:https");
const tls = process.getBuiltinModule("node:tls");

/** The header that chooses the colour on the preview listener. */
export const previewHeader = "X-Bluegreen-Preview";

/** Where the preview listener can be asked. */
export interface PreviewEndpoint {
  protocol: "http" | "https";
  host: string;
  port: number;
  /** Name in the certificate; undefined: the host's own. */
  domain?: string;
  /** Certificates of private authorities (PEM) that are believed beside those that Node believes; undefined: none. */
  authorities?: string;
}

/** Milliseconds for one answer; a service that takes longer has not answered. */
const patience = 5_000;

/** Bytes of one answer; a service that sends more is at fault, and does not fill the memory of whoever judges it. */
const greatestBody = 64 * 1024;

/** Errors of a certificate whose issuer Node does not know: https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const untrusted =
  /^(UNABLE_TO_(GET_ISSUER_CERT(_LOCALLY)?|VERIFY_LEAF_SIGNATURE)|(DEPTH_ZERO_)?SELF_SIGNED_CERT(_IN_CHAIN)?)$/;

/** Node's words for an error of a connection, with what to do where the issuer of a certificate is private. */
function explained(error: NodeJS.ErrnoException): Error {
  if (!untrusted.test(error.code ?? "")) return error;
  return new Error(
    `${error.message}. Where your own authority has issued the certificate, name its file: caFile in ${projectFileName}, or NODE_EXTRA_CA_CERTS`,
  );
}

/** What a connection believes, by the private authorities: to read all of Node's certificates takes longer than an answer. */
const contexts = new Map<string, SecureContext>();

function contextOf(authorities: string): SecureContext {
  const made = contexts.get(authorities);
  if (made !== undefined) return made;
  // `ca` stands in place of what Node believes, which has NODE_EXTRA_CA_CERTS with it.
  const context = tls.createSecureContext({ ca: [...tls.getCACertificates("default"), authorities] });
  contexts.set(authorities, context);
  return context;
}

export interface PreviewAnswer {
  readonly status: number;
  readonly body: string;
  /** Milliseconds from the connection being there to the last byte. */
  readonly ms: number;
}

/** There was no connection: the network, not the service, is why there is no answer. */
export class NoConnection extends Error {}

/**
 * Asks a colour through the preview listener, over a connection of its own: a kept one may be cut off by the other end, and
 * would always lead to the same node of the load balancer. It goes straight, past HTTPS_PROXY: previewCidrs lets this
 * machine's address in, not a proxy's, and what is no AWS call is no matter of the provider's proxy.
 * @throws NoConnection when there is none
 * @throws Error when the connection gave no whole answer within 5 s, or one of more than 64 KiB
 */
export function askPreview(
  { protocol, host, port, domain, authorities }: PreviewEndpoint,
  color: Color,
  path: string,
  signal?: AbortSignal,
): Promise<PreviewAnswer> {
  const { request } = protocol === "https" ? https : http;
  return new Promise((resolve, reject) => {
    // tls.connect takes it, and so do requests; their types leave it out.
    const options: RequestOptions & Pick<ConnectionOptions, "secureContext"> = {
      host,
      port,
      path,
      signal,
      agent: false,
      headers: { [previewHeader]: color, ...(domain ? { host: domain } : {}) },
      servername: domain,
      secureContext: authorities === undefined ? undefined : contextOf(authorities),
    };
    const asked = request(options);
    let connectedAt: number | undefined;
    const connected = () => (connectedAt = performance.now());
    asked.on("socket", (socket) => socket.on("connect", connected).on("secureConnect", connected));
    const fail = (error: Error) => {
      if (connectedAt === undefined && !signal?.aborted) reject(new NoConnection(error.message));
      else reject(explained(error));
    };
    // For the whole answer: a socket's own time-out begins anew with every byte.
    const deadline = setTimeout(() => {
      fail(new Error(`no answer within ${patience / 1000} s`));
      asked.destroy();
    }, patience);
    asked.on("close", () => clearTimeout(deadline));
    asked.on("error", fail);
    asked.on("response", (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        if ((size += chunk.length) <= greatestBody) return;
        fail(new Error(`an answer of more than ${greatestBody / 1024} KiB`));
        asked.destroy();
      });
      response.on("error", fail);
      response.on("end", () => {
        const ms = performance.now() - (connectedAt ?? 0);
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString(), ms });
      });
    });
    asked.end();
  });
}
