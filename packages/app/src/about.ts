import os from "node:os";
import type { Release } from "./release.ts";

/** What `/version`, the answers' headers and each log line say of this process. */
export interface About extends Release {
  /** The fleet that it belongs to: blue or green; `unknown` outside of a fleet. */
  readonly color: string;
  readonly environment: string;
  /** The EC2 instance's id; elsewhere the host's (in Kubernetes: the pod's) name. */
  readonly instanceId: string;
}

/** Reads BLUEGREEN_COLOR, BLUEGREEN_ENVIRONMENT and BLUEGREEN_INSTANCE_ID, which an instance gets from its user data. */
export function aboutThis(release: Release, env: NodeJS.ProcessEnv): About {
  return {
    ...release,
    color: env.BLUEGREEN_COLOR ?? "unknown",
    environment: env.BLUEGREEN_ENVIRONMENT ?? "unknown",
    instanceId: env.BLUEGREEN_INSTANCE_ID ?? os.hostname(),
  };
}
