import { bounded } from "./aws-client.ts";
import type { Parameter, ParameterSource } from "./parameters.ts";

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
