import { readFile } from "node:fs/promises";
import * as http from "node:http";
import * as https from "node:https";
import type { Context } from "./context.ts";

/** An answer of the service, or of its load balancer. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly location?: string;
  readonly headers: Readonly<http.IncomingHttpHeaders>;
}

/**
 * Asks for an address as a browser does whose resolver answers with the load balancer's address: over HTTPS the certificate
 * must be the host's own, signed by the cloud's authority.
 * @param address host and port as AWS has them
 * @param at the load balancer's address on this machine
 */
export async function ask({ session }: Context, address: string, at: string): Promise<Answer> {
  const { protocol, hostname, port, pathname } = new URL(address);
  const secure = protocol === "https:";
  const { loadBalancers } = await session.state();
  const listeners = loadBalancers.flatMap((balancer) => (balancer.dnsName === at ? balancer.listeners : []));
  const listener = listeners.find((known) => known.port === (Number(port) || (secure ? 443 : 80)));
  if (!listener) throw new Error(`${at} has no listener for ${address}`);
  const options = {
    host: at,
    path: pathname,
    agent: false,
    headers: { host: hostname },
    port: new URL(listener.url).port,
  };
  const ca = secure ? await readFile(session.certificateAuthority) : undefined;
  return new Promise((resolve, reject) => {
    const take = (response: http.IncomingMessage): void => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => (body += text));
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          body,
          location: response.headers.location,
          headers: response.headers,
        }),
      );
    };
    const call = secure ? https.get({ ...options, ca, servername: hostname }, take) : http.get(options, take);
    call.on("error", reject);
  });
}

/**
 * Rejects unless the service answers over HTTPS under a domain with a version, its certificate is that domain's and no
 * other's, and port 80 sends everybody there.
 */
export async function expectHttps(context: Context, domain: string, at: string, version: string): Promise<void> {
  const answer = await ask(context, `https://${domain}/version`, at);
  if (answer.status !== 200 || !answer.body.includes(version)) {
    throw new Error(`https://${domain}/version was to answer ${version}, but: ${answer.status} ${answer.body}`);
  }
  const other = await ask(context, `https://not-${domain}/version`, at).then(
    () => undefined,
    (error: Error) => error,
  );
  if (!/altnames/.test(other?.message ?? ""))
    throw new Error(`not-${domain}: no certificate was to fit, but: ${other}`);
  const { status, location } = await ask(context, `http://${domain}/version`, at);
  if (status !== 301 || location !== `https://${domain}:443/version`) {
    throw new Error(`http://${domain}/version was to be sent on to HTTPS, but: ${status} ${location}`);
  }
}
