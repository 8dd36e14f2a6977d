import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { AwsFault } from "./fault.ts";
import { bypassesProxy } from "./no-proxy.ts";
import { filled, proxyUrl, type ProviderConfig } from "./provider-keys.ts";

/** A request handler of the AWS SDK. */
type Handler = Pick<
  NodeHttpHandler,
  "handle" | "updateHttpClientConfig" | "httpHandlerConfigs" | "destroy" | "metadata"
>;
type Request = Parameters<NodeHttpHandler["handle"]>[0];
type Environment = Readonly<Record<string, string | undefined>>;

/** The proxies of one config and environment; undefined: none. */
export interface Proxies {
  /** For requests to http:// addresses. */
  readonly http?: string;
  readonly https?: string;
  readonly noProxy: string;
}

/** Milliseconds until a connection must stand: a host that swallows packets would else hold a command for minutes. */
const connectionTimeout = 5_000;

/**
 * How requests go to AWS: through the proxy and with the certificates that the provider uses.
 * @throws AwsFault naming the variable or the file when they can't be used
 */
export function transport(
  config: ProviderConfig,
  env: Environment = process.env,
): Handler | { connectionTimeout: number } {
  const proxies = proxiesOf(config, env);
  const tls = tlsOptions(config, env);
  return proxies || tls ? new RoutedHandler(proxies, tls) : { connectionTimeout };
}

/** As aws-sdk-go-base puts them together: the config over the environment, and httpProxy for https where nothing else is said. */
export function proxiesOf(config: ProviderConfig, env: Environment): Proxies | undefined {
  const http = config.httpProxy ?? filled(env.HTTP_PROXY, env.http_proxy);
  const https = config.httpsProxy ?? filled(env.HTTPS_PROXY, env.https_proxy, config.httpProxy);
  const noProxy = filled(config.noProxy, env.NO_PROXY, env.no_proxy) ?? "";
  if (!http && !https) return undefined;
  return { http: http ? usable(http) : undefined, https: https ? usable(https) : undefined, noProxy };
}

function usable(value: string): string {
  const url = proxyUrl(value);
  if (url === undefined)
    throw new AwsFault(
      "config",
      `The proxy ${withoutPassword(value)} can't be used: name an HTTP proxy, for example http://proxy.example:3128, in HTTPS_PROXY or aws:httpsProxy`,
    );
  return url;
}

/** A proxy's address as it may be shown. */
export const withoutPassword = (url: string): string => url.replace(/\/\/[^@/]*@/, "//");

interface TlsOptions {
  readonly ca?: string;
  readonly rejectUnauthorized?: boolean;
}

/** Like the provider's, the bundle stands in place of the system's certificates, not beside them. */
function tlsOptions({ customCaBundle, insecure }: ProviderConfig, env: Environment): TlsOptions | undefined {
  const file = filled(customCaBundle, env.AWS_CA_BUNDLE);
  if (!file && !insecure) return undefined;
  return { ca: file ? bundle(expandPath(file, env)) : undefined, rejectUnauthorized: !insecure };
}

function bundle(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new AwsFault(
      "config",
      `The certificates of aws:customCaBundle or AWS_CA_BUNDLE can't be read: ${(error as Error).message}. Correct the path, or unset it`,
    );
  }
}

/** `~` and `$VARIABLE` as the provider expands them. */
export const expandPath = (file: string, env: Environment): string =>
  file
    .replace(/\$(?:\{(\w+)\}|(\w+))/g, (_, braced?: string, bare?: string) => env[braced ?? bare ?? ""] ?? "")
    .replace(/^~(?=\/|$)/, homedir());

/** Sends each request straight or through the proxy, by its own host: STS may need what the other services don't. */
class RoutedHandler implements Handler {
  readonly metadata = { handlerProtocol: "http/1.1" };
  private readonly handlers = new Map<string, NodeHttpHandler>();
  private readonly proxies: Proxies | undefined;
  private readonly tls: TlsOptions | undefined;

  constructor(proxies: Proxies | undefined, tls: TlsOptions | undefined) {
    [this.proxies, this.tls] = [proxies, tls];
  }

  handle(request: Request, options?: Parameters<NodeHttpHandler["handle"]>[1]) {
    return this.handlerFor(this.proxyFor(request)).handle(request, options);
  }

  private proxyFor({ protocol, hostname, port }: Request): string | undefined {
    const proxy = protocol === "http:" ? this.proxies?.http : this.proxies?.https;
    const target = { hostname: hostname.replace(/^\[|\]$/g, ""), port: port ?? (protocol === "http:" ? 80 : 443) };
    return proxy !== undefined && bypassesProxy(target, this.proxies?.noProxy ?? "") ? undefined : proxy;
  }

  private handlerFor(proxy: string | undefined): NodeHttpHandler {
    const made = this.handlers.get(proxy ?? "");
    if (made) return made;
    const handler = new NodeHttpHandler(() => agents(proxy, this.tls));
    this.handlers.set(proxy ?? "", handler);
    return handler;
  }

  updateHttpClientConfig(): void {
    // The SDK lets a plugin change the options of its own handler; none of ours does.
  }

  httpHandlerConfigs() {
    return {};
  }

  destroy(): void {
    for (const handler of this.handlers.values()) handler.destroy();
  }
}

/** Loaded when the first request needs it: most stacks have no proxy. */
async function agents(proxy: string | undefined, tls: TlsOptions | undefined) {
  const options = { keepAlive: true, maxSockets: 50, ...tls };
  if (proxy === undefined) {
    const { Agent } = await import("node:https");
    return { httpsAgent: new Agent(options), connectionTimeout };
  }
  const { HttpProxyAgent, HttpsProxyAgent } = (await import("hpagent/index")).default;
  // An http:// endpoint is tunnelled, too, where Go would hand the request to the proxy; both end at the same host.
  return {
    httpAgent: new HttpProxyAgent({ ...options, proxy }),
    httpsAgent: new HttpsProxyAgent({ ...options, proxy }),
    connectionTimeout,
  };
}
