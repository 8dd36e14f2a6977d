import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { doesIdentityRequireRefresh, isIdentityExpired, memoizeIdentityProvider } from "@smithy/core";
import { loadSharedConfigFiles } from "@smithy/core/config";
import { credentialsOf, oneFile, profileOf } from "./credentials.ts";
import { AwsFault } from "./fault.ts";
import { transport } from "./transport.ts";
import { filled, type ProviderConfig } from "./provider-keys.ts";
import { callerVariable } from "../deployment/variables.ts";

/** What the program itself asks of AWS, beside what its provider does. */
export interface AwsClients {
  autoScaling: AutoScalingClient;
  elb: ElasticLoadBalancingV2Client;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The names that the provider knows a service's endpoint by, the first one the SDK's own. */
export const endpointNames = {
  autoScaling: ["autoscaling"],
  elb: ["elbv2", "elb", "elasticloadbalancingv2", "elasticloadbalancing"],
} as const;

/** Clients with the provider's own region, credentials, roles, endpoints and proxy; what isn't configured comes from the environment. */
export function awsClients(options: ClientOptions): AwsClients {
  return {
    autoScaling: new AutoScalingClient(options.of(...endpointNames.autoScaling)),
    elb: new ElasticLoadBalancingV2Client(options.of(...endpointNames.elb)),
  };
}

/** What clients are made with: one for all services, so that a role is assumed and a login is read once for all of them. */
export type ClientOptions = ReturnType<typeof clientOptions>;

/**
 * The provider's config as options of the SDK's clients.
 * @throws AwsFault when a proxy or a file of certificates can't be used
 */
export function clientOptions(config: ProviderConfig, env: Environment = process.env) {
  const requestHandler = transport(config, env);
  const region = filled(config.region, env.AWS_REGION, env.AWS_DEFAULT_REGION) ?? (() => regionOfProfile(config, env));
  const common = {
    region,
    requestHandler,
    // The provider's own 25 are made for throttled deployments; a gate or a command has somebody waiting.
    maxAttempts: config.maxRetries ?? 5,
    retryMode: config.retryMode,
    // CloudTrail's userAgent says who called: app/bluegreen-rollback. The SDKs and the provider follow the same variable.
    userAgentAppId: filled(env[callerVariable]) ?? "bluegreen",
    // An explicit false leaves it to the environment, as in the provider.
    useDualstackEndpoint: config.useDualstackEndpoint ? true : undefined,
  };
  const withEndpoint = (...names: string[]) => {
    const endpoint = endpointOf(config, env, names);
    // An endpoint that is given counts as it stands: the provider drops FIPS for it, and the SDK would refuse the two together.
    return { endpoint, useFipsEndpoint: endpoint !== undefined ? false : config.useFipsEndpoint ? true : undefined };
  };
  const sts = { ...common, ...withEndpoint("sts"), region: filled(config.stsRegion) ?? region };
  const credentials = memoizeIdentityProvider(
    credentialsOf(config, sts, env),
    isIdentityExpired,
    doesIdentityRequireRefresh,
  );
  return {
    /** @param names the names that the provider knows the service's endpoint by */
    of: (...names: string[]) => ({
      ...common,
      ...withEndpoint(...names),
      profile: profileOf(config, env),
      credentials,
    }),
    sts: { ...sts, credentials },
  };
}

/** The region that the profile's section of the shared files gives. */
async function regionOfProfile(config: ProviderConfig, env: Environment): Promise<string> {
  const profile = profileOf(config, env) ?? "default";
  const { credentialsFile, configFile } = await loadSharedConfigFiles({
    filepath: oneFile(config.sharedCredentialsFiles, env),
    configFilepath: oneFile(config.sharedConfigFiles, env),
  });
  const region = credentialsFile[profile]?.region ?? configFile[profile]?.region;
  if (region) return region;
  throw new AwsFault(
    "config",
    `There is no AWS region: aws:region is not set, nor AWS_REGION or AWS_DEFAULT_REGION, and the profile ${profile} has none. ` +
      "Set it: pulumi config set aws:region eu-central-1",
  );
}

/** Variables that the provider still follows for two of our services, beside the AWS_ENDPOINT_URL that the SDK reads itself. */
const olderVariables: Readonly<Record<string, readonly string[]>> = {
  dynamodb: ["TF_AWS_DYNAMODB_ENDPOINT", "AWS_DYNAMODB_ENDPOINT"],
  sts: ["TF_AWS_STS_ENDPOINT", "AWS_STS_ENDPOINT"],
};

/** The endpoint configured for a service under any of the names that the provider knows it by. */
function endpointOf(config: ProviderConfig, env: Environment, names: readonly string[]): string | undefined {
  const configured = config.endpoints?.flatMap((entry) => names.map((name) => entry[name])).find((url) => url);
  return configured ?? olderVariables[names[0]]?.map((variable) => env[variable]).find((url) => url);
}
