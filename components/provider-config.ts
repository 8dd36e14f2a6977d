import * as pulumi from "@pulumi/pulumi";
import type { ProviderConfig } from "./aws-clients.ts";

/** Reads `aws:...`. Call it before any hook runs: an inline program has no config inside one. */
export function readProviderConfig(): ProviderConfig {
  const config = new pulumi.Config("aws");
  return {
    region: config.get("region"),
    profile: config.get("profile"),
    sharedConfigFiles: config.getObject("sharedConfigFiles"),
    sharedCredentialsFiles: config.getObject("sharedCredentialsFiles"),
    accessKey: config.get("accessKey"),
    secretKey: config.get("secretKey"),
    token: config.get("token"),
    assumeRoleWithWebIdentity: config.getObject("assumeRoleWithWebIdentity"),
    assumeRoles: config.getObject("assumeRoles"),
    endpoints: config.getObject("endpoints"),
  };
}
