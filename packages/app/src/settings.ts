import { awsParameters, awsSecrets } from "./aws.ts";
import { loadConfig, originsOf } from "./config.ts";
import type { Config } from "./config-schema.ts";
import { askOrRemember, type Kept, keptIn } from "./kept.ts";
import { readParameters } from "./parameters.ts";
import { resolveSecrets, type Secrets } from "./secrets.ts";

/** All that the service was told. */
export interface Settings {
  config: Config;
  secrets: Secrets;
  /** Names of the parameters that count as environment variables. */
  parameters: readonly string[];
  /** Names of what AWS could not be asked for now, and said at an earlier start. */
  remembered: readonly string[];
}

/**
 * Reads the environment, Parameter Store, the file, and what they refer to. Rejects with a Refusal that names what is wrong.
 * @param kept What an earlier start has kept; default: nothing.
 */
export async function loadSettings(env: NodeJS.ProcessEnv, kept: Kept = keptIn(undefined)): Promise<Settings> {
  const path = env.BLUEGREEN_SETTINGS;
  const remembered: string[] = [];
  const ask = <T>(name: string, work: () => Promise<T>): Promise<T> =>
    askOrRemember(kept, name, work, (earlier) => remembered.push(earlier));
  const source = {
    parameter: (name: string) => ask(`ssm:${name}`, () => awsSecrets.parameter(name)),
    secret: (id: string) => ask(`secretsmanager:${id}`, () => awsSecrets.secret(id)),
  };
  const parameters = await readParameters(path, (below) => ask(`below ${below}`, () => awsParameters(below)));
  const config = loadConfig(env, parameters);
  const secrets = await resolveSecrets(config, path, source, originsOf(env, parameters));
  return { config, secrets, parameters: [...parameters.values()].map(({ name }) => name), remembered };
}
