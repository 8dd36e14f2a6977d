import type { PreviewEndpoint } from "../../aws/preview.ts";
import type { StackState } from "../state/stack-state.ts";
import type { Settings } from "../../config/schema.ts";

/**
 * Where the preview listener of a stack is asked: at the load balancer's own name, as the health gate does. The domain may
 * lead elsewhere, to a CDN or still to the system before this one; it is the name that the certificate must have.
 */
export function previewOf(
  { outputs, loadBalancerName }: Pick<StackState, "outputs" | "loadBalancerName">,
  { domain }: Pick<Settings, "domain">,
): PreviewEndpoint {
  const { protocol, hostname, port } = new URL(outputs.previewUrl);
  const secure = protocol === "https:";
  return {
    protocol: secure ? "https" : "http",
    host: loadBalancerName ?? hostname,
    port: Number(port || (secure ? 443 : 80)),
    domain,
  };
}
