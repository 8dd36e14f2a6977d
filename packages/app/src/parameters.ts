import { VARIABLES } from "./config-schema.ts";
import { within } from "./deadline.ts";
import { messageOf, Refusal } from "./fault.ts";

/** A parameter of SSM Parameter Store. */
export interface Parameter {
  /** The whole name, such as `/bluegreen/dev/REDIS_URL`. */
  name: string;
  /** Decrypted, so it may be a secret. */
  value: string;
}

/** Gives the parameters right below a path, such as `/bluegreen/dev`. Rejects with AWS's reason. */
export type ParameterSource = (path: string) => Promise<readonly Parameter[]>;

/** Parameters that count as environment variables, by the variable's name. */
export type Parameters = ReadonlyMap<string, Parameter>;

/** Milliseconds that reading may take, retries included; whoever started the service starts it again. */
const LIMIT = 15_000;

/**
 * Reads the parameters below a path whose last segment is a variable of the service, such as `/bluegreen/dev/REDIS_URL`:
 * the image is the same in every environment, so what differs comes from there. Others are left alone: `ssm:NAME` refers
 * to them. Rejects with a Refusal when they can't be read.
 * @param settings BLUEGREEN_SETTINGS; undefined: there are none, and nobody is asked.
 */
export async function readParameters(settings: string | undefined, source: ParameterSource): Promise<Parameters> {
  if (settings === undefined) return new Map();
  if (!/^(\/[\w.-]+)+\/?$/.test(settings)) {
    throw new Refusal(
      `BLUEGREEN_SETTINGS is ${JSON.stringify(settings)}; it must be a path in Parameter Store, such as /bluegreen/dev`,
    );
  }
  const path = settings.replace(/\/$/, "");
  const found = await within(LIMIT, source(path)).catch((error: unknown) => {
    throw new Refusal(
      `the parameters below ${path} can't be read: ${messageOf(error)}. ` +
        "The role must allow ssm:GetParametersByPath there, and SSM must be within reach; " +
        "without BLUEGREEN_SETTINGS nobody asks for them",
    );
  });
  const byVariable = found.map((parameter) => [parameter.name.slice(path.length + 1), parameter] as const);
  return new Map(byVariable.filter(([variable]) => Object.hasOwn(VARIABLES, variable)));
}
