import type { PreviewEndpoint } from "../../aws/preview.ts";
import type { StackState } from "../state/stack-state.ts";
import { readProjectFile } from "../analysis/project-file.ts";
import type { Settings } from "../../config/schema.ts";

/** Whose preview listener it is: the session of a command. */
interface PreviewOwner {
  readonly settings: Pick<Settings, "domain">;
  readonly stackRef: { readonly folder: string };
}

/**
 * Where the preview listener of a stack is asked: at the load balancer's own name, as the health gate does. The domain may
 * lead elsewhere, to a CDN or still to the system before this one; it is the name that the certificate must have.
 * @throws CliError when the project file, or what it names, can't be used
 */
export function previewOf(
  { outputs, loadBalancerName }: Pick<StackState, "outputs" | "loadBalancerName">,
  { settings: { domain }, stackRef: { folder } }: PreviewOwner,
): PreviewEndpoint {
  const { protocol, hostname, port } = new URL(outputs.previewUrl);
  const secure = protocol === "https:";
  return {
    protocol: secure ? "https" : "http",
    host: loadBalancerName ?? hostname,
    port: Number(port || (secure ? 443 : 80)),
    domain,
    authorities: secure ? readProjectFile(folder).authorities : undefined,
  };
}
