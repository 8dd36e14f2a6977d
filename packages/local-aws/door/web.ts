import type { IncomingHttpHeaders } from "node:http";

/**
 * Why a request is turned away before anything of it is read: only a browser sends it on behalf of a web page. No SDK sets
 * `Origin` or `Sec-Fetch-Site`; a page that has let its own name point here (DNS rebinding) is known by that name.
 *
 * @param hosts The values of `Host` that this server is reached by.
 * @returns One sentence; undefined: it may come in.
 */
export function ofWebPage(
  { method, headers }: { method?: string; headers: IncomingHttpHeaders },
  hosts: ReadonlySet<string>,
): string | undefined {
  const site = headers["sec-fetch-site"];
  if (headers.origin !== undefined) return "Requests of web pages (Origin) are refused.";
  if (site !== undefined && site !== "none") return "Requests of web pages (Sec-Fetch-Site) are refused.";
  if (!hosts.has(headers.host ?? "")) return `Host is not one of ${[...hosts].join(", ")}: use that address.`;
  return method === "OPTIONS" ? "OPTIONS is refused: it asks on behalf of web pages." : undefined;
}
