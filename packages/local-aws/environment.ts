import { devNull } from "node:os";

/**
 * The environment of this cloud's programs: nothing of the caller's AWS set-up. A profile, keys or an endpoint of a real
 * account would let moto or botocore reach it.
 */
export function ownEnvironment(base: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return {
    ...Object.fromEntries(Object.entries(base).filter(([name]) => !name.startsWith("AWS_"))),
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: "true",
  };
}
