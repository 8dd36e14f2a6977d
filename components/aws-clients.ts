import { AutoScalingClient, type AutoScalingClientConfig } from "@aws-sdk/client-auto-scaling";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { fromIni, fromTemporaryCredentials, fromTokenFile, fromWebToken } from "@aws-sdk/credential-providers";

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

/** Clients with the provider's own region, credentials, roles and endpoints; what isn't configured comes from the environment. */
export function awsClients(config: ProviderConfig): AwsClients {
  return {
    autoScaling: new AutoScalingClient(clientConfig(config, "autoscaling")),
    elb: new ElasticLoadBalancingV2Client(
      clientConfig(config, "elbv2", "elb", "elasticloadbalancingv2", "elasticloadbalancing"),
    ),
  };
}

/**
 * What a client of one service is made with.
 * @param names the names that the provider knows the service's endpoint by
 */
export function clientConfig(config: ProviderConfig, ...names: string[]) {
  const { region, profile } = config;
  return { region, profile, credentials: credentials(config), maxAttempts: 5, endpoint: endpoint(config, ...names) };
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
