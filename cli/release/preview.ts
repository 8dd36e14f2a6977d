import type { PreviewEndpoint } from "../../components/preview";
import type { Outputs } from "../recorded";
import type { Settings } from "../../config-schema";

/** Where the preview listener of a stack is asked. */
export function previewOf({ previewUrl }: Outputs, { domain }: Settings): PreviewEndpoint {
  const { protocol, hostname, port } = new URL(previewUrl);
  const secure = protocol === "https:";
  return { protocol: secure ? "https" : "http", host: hostname, port: Number(port || (secure ? 443 : 80)), domain };
}
