import { createHash } from "node:crypto";

/**
 * Longest logical name whose generated physical name AWS still takes: load balancers and target groups have at most
 * 32 characters, and Pulumi adds a hyphen and seven.
 */
const longest = 24;

/** `<base>-<part>` for a load balancer or target group; a base that is too long is cut and told apart by a short hash. */
export function elbName(base: string, part: string): string {
  const room = longest - part.length - 1;
  if (base.length <= room) return `${base}-${part}`;
  const hash = createHash("sha256").update(base).digest("hex").slice(0, 4);
  return `${base.slice(0, room - hash.length - 1).replace(/-+$/, "")}-${hash}-${part}`;
}
