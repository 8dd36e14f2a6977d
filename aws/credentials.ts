import type { AutoScalingClientConfig } from "@aws-sdk/client-auto-scaling";
import {
  fromEnv,
  fromNodeProviderChain,
  fromTemporaryCredentials,
  fromTokenFile,
  fromWebToken,
} from "@aws-sdk/credential-providers";
import { expandPath } from "./transport.ts";
import { filled, type AssumeRole, type ProviderConfig, type WebIdentity } from "./provider-keys.ts";

type Credentials = NonNullable<AutoScalingClientConfig["credentials"]>;
type Environment = Readonly<Record<string, string | undefined>>;

/** What calls to STS are made with. */
export interface StsOptions {
  readonly region: string | (() => Promise<string>);
  readonly endpoint?: string;
  readonly useFipsEndpoint?: boolean;
  readonly useDualstackEndpoint?: boolean;
  readonly requestHandler: NonNullable<AutoScalingClientConfig["requestHandler"]>;
}

/** Name of a session for which none is configured. */
const defaultSession = "bluegreen";

/** The provider's own order: given keys, a web identity, or what profile and environment give; then one role after the other. */
export function credentialsOf(config: ProviderConfig, sts: StsOptions, env: Environment): Credentials {
  return (config.assumeRoles ?? []).reduce<Credentials>(
    (masterCredentials, role) =>
      fromTemporaryCredentials({ masterCredentials, params: assumption(role), clientConfig: sts }),
    ownCredentials(config, sts, env),
  );
}

function ownCredentials(config: ProviderConfig, sts: StsOptions, env: Environment): Credentials {
  const { accessKey, secretKey, token, assumeRoleWithWebIdentity: identity, profile } = config;
  // aws-sdk-go-base says it to Go's SDK in the same way; without it, the chain below ends at the metadata of an instance.
  if (config.skipMetadataApiCheck !== undefined)
    process.env.AWS_EC2_METADATA_DISABLED = String(config.skipMetadataApiCheck);
  if (accessKey && secretKey) return { accessKeyId: accessKey, secretAccessKey: secretKey, sessionToken: token };
  if (identity) return webIdentity(identity, sts, env);
  // Go's SDK takes keys of the environment before a profile that only the environment names; JavaScript's does not.
  if (!profile && env.AWS_ACCESS_KEY_ID && env.AWS_SECRET_ACCESS_KEY) return fromEnv();
  // And a web identity of the environment (a pod's, a pipeline's) before the profile, too.
  if (!profile && env.AWS_WEB_IDENTITY_TOKEN_FILE && env.AWS_ROLE_ARN) return fromTokenFile({ clientConfig: sts });
  return fromNodeProviderChain({
    profile: profileOf(config, env),
    filepath: oneFile(config.sharedCredentialsFiles, env),
    configFilepath: oneFile(config.sharedConfigFiles, env),
    clientConfig: { region: sts.region, requestHandler: sts.requestHandler },
  });
}

/** The profile that files are read for. */
export const profileOf = ({ profile }: ProviderConfig, env: Environment): string | undefined =>
  filled(profile, env.AWS_PROFILE, env.AWS_DEFAULT_PROFILE);

/** The file that is read in place of the one in the home folder. */
export const oneFile = (files: readonly string[] | undefined, env: Environment): string | undefined =>
  files?.[0] === undefined ? undefined : expandPath(files[0], env);

function assumption(role: AssumeRole) {
  return {
    RoleArn: role.roleArn,
    RoleSessionName: role.sessionName ?? defaultSession,
    ExternalId: role.externalId,
    DurationSeconds: role.duration,
    Policy: role.policy,
    PolicyArns: role.policyArns?.map((arn) => ({ arn })),
    SourceIdentity: role.sourceIdentity,
    Tags: role.tags && Object.entries(role.tags).map(([Key, Value]) => ({ Key, Value })),
    TransitiveTagKeys: role.transitiveTagKeys,
  };
}

function webIdentity(identity: WebIdentity, clientConfig: StsOptions, env: Environment): Credentials {
  const { roleArn, policy, webIdentityToken } = identity;
  const common = {
    roleArn,
    policy,
    clientConfig,
    roleSessionName: identity.sessionName ?? defaultSession,
    policyArns: identity.policyArns?.map((arn) => ({ arn })),
    durationSeconds: identity.duration,
  };
  if (webIdentityToken) return fromWebToken({ ...common, webIdentityToken });
  return fromTokenFile({ ...common, webIdentityTokenFile: expandPath(identity.webIdentityTokenFile ?? "", env) });
}
