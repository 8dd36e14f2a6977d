import type { PreviewEndpoint } from "../../components/preview.ts";
import type { Outputs } from "../recorded.ts";
import type { Settings } from "../../config-schema.ts";

/** Where the preview listener of a stack is asked. */
export function previewOf({ previewUrl }: Outputs, { domain }: Settings): PreviewEndpoint {
  const { protocol, hostname, port } = new URL(previewUrl);
  const secure = protocol === "https:";
  return { protocol: secure ? "https" : "http", host: hostname, port: Number(port || (secure ? 443 : 80)), domain };
}
