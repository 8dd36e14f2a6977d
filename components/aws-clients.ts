import { AutoScalingClient, type AutoScalingClientConfig } from "@aws-sdk/client-auto-scaling";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { fromIni, fromTemporaryCredentials, fromTokenFile, fromWebToken } from "@aws-sdk/credential-providers";
import * as pulumi from "@pulumi/pulumi";

/** What the program itself asks of AWS, beside what its provider does. */
export interface AwsClients {
  autoScaling: AutoScalingClient;
  elb: ElasticLoadBalancingV2Client;
}

interface AssumeRole {
  roleArn: string;
  sessionName?: string;
  externalId?: string;
}

/** Where and as whom the default AWS provider of this stack works, as its config (`aws:...`) says. */
export interface ProviderConfig {
  region?: string;
  profile?: string;
  sharedConfigFiles?: string[];
  sharedCredentialsFiles?: string[];
  accessKey?: string;
  secretKey?: string;
  token?: string;
  assumeRoleWithWebIdentity?: AssumeRole & { webIdentityToken?: string; webIdentityTokenFile?: string };
  assumeRoles?: AssumeRole[];
  endpoints?: Record<string, string>[];
}

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

/** Clients with the provider's own region, credentials, roles and endpoints; what isn't configured comes from the environment. */
export function awsClients(config: ProviderConfig): AwsClients {
  const { region, profile } = config;
  const common = { region, profile, credentials: credentials(config), maxAttempts: 5 };
  return {
    autoScaling: new AutoScalingClient({ ...common, endpoint: endpoint(config, "autoscaling") }),
    elb: new ElasticLoadBalancingV2Client({
      ...common,
      endpoint: endpoint(config, "elbv2", "elb", "elasticloadbalancingv2", "elasticloadbalancing"),
    }),
  };
}

/** The endpoint configured for a service under any of the names that the provider knows it by. */
function endpoint(config: ProviderConfig, ...names: string[]): string | undefined {
  return config.endpoints?.flatMap((entry) => names.map((name) => entry[name])).find((url) => url);
}

type Credentials = NonNullable<AutoScalingClientConfig["credentials"]>;

/** The provider's own order: given keys, a web identity or a profile first, then one role after the other. */
function credentials(config: ProviderConfig): Credentials | undefined {
  const clientConfig = { region: config.region, endpoint: endpoint(config, "sts") };
  return (config.assumeRoles ?? []).reduce<Credentials | undefined>(
    (masterCredentials, { roleArn, sessionName = defaultSession, externalId }) =>
      fromTemporaryCredentials({
        masterCredentials,
        params: { RoleArn: roleArn, RoleSessionName: sessionName, ExternalId: externalId },
        clientConfig,
      }),
    ownCredentials(config, clientConfig),
  );
}

function ownCredentials(config: ProviderConfig, clientConfig: { region?: string; endpoint?: string }) {
  const { profile, accessKey, secretKey, token, assumeRoleWithWebIdentity: identity } = config;
  if (accessKey && secretKey) return { accessKeyId: accessKey, secretAccessKey: secretKey, sessionToken: token };
  if (identity) {
    const { roleArn, sessionName: roleSessionName = defaultSession, webIdentityToken, webIdentityTokenFile } = identity;
    return webIdentityToken
      ? fromWebToken({ roleArn, roleSessionName, webIdentityToken, clientConfig })
      : fromTokenFile({ roleArn, roleSessionName, webIdentityTokenFile, clientConfig });
  }
  const files = { filepath: config.sharedCredentialsFiles?.[0], configFilepath: config.sharedConfigFiles?.[0] };
  return profile ? fromIni({ profile, ...files }) : undefined;
}

/** Name of a session for which none is configured. */
const defaultSession = "bluegreen";
