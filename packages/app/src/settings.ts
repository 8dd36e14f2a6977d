import { awsParameters, awsSecrets } from "./aws.ts";
import { loadConfig, originsOf } from "./config.ts";
import type { Config } from "./config-schema.ts";
import { readParameters } from "./parameters.ts";
import { resolveSecrets, type Secrets } from "./secrets.ts";

/** All that the service was told. */
export interface Settings {
  config: Config;
  secrets: Secrets;
  /** Names of the parameters that count as environment variables. */
  parameters: readonly string[];
}

/**
 * Reads the environment, Parameter Store, the file, and what they refer to. Rejects with a Refusal that names what is wrong.
 */
export async function loadSettings(env: NodeJS.ProcessEnv): Promise<Settings> {
  const path = env.BLUEGREEN_SETTINGS;
  const parameters = await readParameters(path, awsParameters);
  const config = loadConfig(env, parameters);
  const secrets = await resolveSecrets(config, path, awsSecrets, originsOf(env, parameters));
  return { config, secrets, parameters: [...parameters.values()].map(({ name }) => name) };
}
