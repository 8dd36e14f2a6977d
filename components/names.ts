import { createHash } from "node:crypto";

/**
 * Longest logical name whose generated physical name AWS still takes: load balancers and target groups have at most
 * 32 characters, and Pulumi adds a hyphen and seven.
 */
const longest = 24;

/**
 * `<base>-<part>` for a load balancer or target group: letters, digits and hyphens. A base that is too long or holds
 * anything else (a stack's name may) is cut and cleaned, and told apart by a short hash.
 */
export function elbName(base: string, part: string): string {
  const room = longest - part.length - 1;
  const clean = base.replace(/[^A-Za-z0-9]+/g, "-");
  if (clean === base && base.length <= room) return `${base}-${part}`;
  const hash = createHash("sha256").update(base).digest("hex").slice(0, 4);
  return `${clean.slice(0, room - hash.length - 1).replace(/-$/, "")}-${hash}-${part}`;
}
