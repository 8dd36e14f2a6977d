import type { Parameter, ParameterSource } from "./parameters.ts";
import type { SecretSource } from "./secrets.ts";

/**
 * Options of every AWS client: without them the SDK waits for ever for a service that does not answer. Milliseconds, each
 * for one of the SDK's three attempts.
 */
const bounded = {
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
};

/**
 * SSM Parameter Store and Secrets Manager, in the region and with the credentials that the SDK finds by itself: on an
 * instance, those of its role. Each SDK is loaded when it is needed: a service without references starts without them.
 */
export const awsSecrets: SecretSource = {
  async parameter(name) {
    const { GetParameterCommand, SSMClient } = await import("@aws-sdk/client-ssm");
    const client = new SSMClient(bounded);
    try {
      const { Parameter } = await client.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
      return filled(Parameter?.Value);
    } finally {
      client.destroy();
    }
  },
  async secret(id) {
    const { GetSecretValueCommand, SecretsManagerClient } = await import("@aws-sdk/client-secrets-manager");
    const client = new SecretsManagerClient(bounded);
    try {
      const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: id }));
      return filled(SecretString);
    } finally {
      client.destroy();
    }
  },
};

function filled(value: string | undefined): string {
  if (value === undefined || value === "") throw new Error("it holds no text");
  return value;
}

/** SSM Parameter Store, as `awsSecrets` reaches it. */
export const awsParameters: ParameterSource = async (path) => {
  const { paginateGetParametersByPath, SSMClient } = await import("@aws-sdk/client-ssm");
  const client = new SSMClient(bounded);
  const found: Parameter[] = [];
  try {
    const pages = paginateGetParametersByPath({ client }, { Path: path, WithDecryption: true });
    for await (const { Parameters = [] } of pages) {
      for (const { Name: name, Value: value } of Parameters) {
        if (name !== undefined && value !== undefined) found.push({ name, value });
      }
    }
    return found;
  } finally {
    client.destroy();
  }
};
