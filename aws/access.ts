import { DescribeAutoScalingGroupsCommand } from "@aws-sdk/client-auto-scaling";
import { DescribeLoadBalancersCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { AwsClients, ClientOptions } from "./clients.ts";
import { profileOf } from "./credentials.ts";
import { AwsFault, meaningOf } from "./fault.ts";
import { proxiesOf, withoutPassword } from "./transport.ts";
import type { ProviderConfig } from "./provider-keys.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Tries the clients with one cheap read each, side by side, before anything is made: rights, region, credentials, network
 * and endpoint as gate and readiness will need them. Where the config restricts the account, STS is asked for it, too.
 * With `skipCredentialsValidation` only region and credentials have to be there, as for the provider.
 * @throws AwsFault in one line: what came, where it was looked for, what to do
 */
export async function tryAccess(
  config: ProviderConfig,
  options: ClientOptions,
  { elb, autoScaling }: AwsClients,
  env: Environment = process.env,
): Promise<void> {
  try {
    await elb.config.region();
    const restricted = (config.allowedAccountIds ?? config.forbiddenAccountIds ?? []).length > 0;
    const reads = config.skipCredentialsValidation
      ? []
      : [
          elb.send(new DescribeLoadBalancersCommand({ PageSize: 1 })),
          autoScaling.send(new DescribeAutoScalingGroupsCommand({ MaxRecords: 1 })),
        ];
    await Promise.all([...reads, ...(restricted ? [checkAccount(config, options)] : [])]);
  } catch (error) {
    throw await faultOf(error, config, elb, env);
  }
}

async function checkAccount(config: ProviderConfig, { sts }: ClientOptions): Promise<void> {
  const { GetCallerIdentityCommand, STSClient } = await import("@aws-sdk/client-sts");
  const client = new STSClient(sts);
  try {
    const { Account = "" } = await client.send(new GetCallerIdentityCommand({}));
    const { allowedAccountIds: allowed = [], forbiddenAccountIds: forbidden = [] } = config;
    const fault = forbidden.includes(Account)
      ? `aws:forbiddenAccountIds has it`
      : allowed.length > 0 && !allowed.includes(Account)
        ? `aws:allowedAccountIds has ${allowed.join(", ")}`
        : undefined;
    if (fault === undefined) return;
    throw new AwsFault(
      "config",
      `These credentials are of account ${Account}, but ${fault}. Log in to the right account, or correct that list`,
    );
  } finally {
    client.destroy();
  }
}

async function faultOf(error: unknown, config: ProviderConfig, elb: AwsClients["elb"], env: Environment) {
  if (error instanceof AwsFault) return error;
  const known = meaningOf(error);
  const what = known
    ? `${known.meaning}, and try again (${known.said})`
    : `AWS can't be asked: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`;
  const proxies = proxiesOf(config, env);
  const proxy = proxies?.https === undefined ? "no proxy" : `the proxy ${withoutPassword(proxies.https)}`;
  const from = `Asked with the credentials of ${credentialSource(config, env)}, in ${await elb.config.region()}, through ${proxy}`;
  return new AwsFault("access", `${what}. ${from}`);
}

/** Where credentials are taken from, in the user's own terms. */
export function credentialSource(config: ProviderConfig, env: Environment): string {
  const roles = (config.assumeRoles ?? [])
    .map(({ roleArn }) => `, then the role ${roleArn} of aws:assumeRoles`)
    .join("");
  const own = config.accessKey
    ? "aws:accessKey"
    : config.assumeRoleWithWebIdentity
      ? "aws:assumeRoleWithWebIdentity"
      : config.profile
        ? `the profile ${config.profile} (aws:profile)`
        : env.AWS_ACCESS_KEY_ID && env.AWS_SECRET_ACCESS_KEY
          ? "AWS_ACCESS_KEY_ID"
          : `the profile ${profileOf(config, env) ?? "default"}, or the machine's own role`;
  return own + roles;
}
