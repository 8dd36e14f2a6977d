import type { Place } from "./aws.ts";

/** Where our own calls go: the same AWS, by the same credentials, as Packer's. */
export function placeOf(region: string, given: { endpoint?: string; environment?: NodeJS.ProcessEnv }): Place {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = given.environment ?? {};
  const credentials =
    AWS_ACCESS_KEY_ID !== undefined && AWS_SECRET_ACCESS_KEY !== undefined
      ? { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY, sessionToken: AWS_SESSION_TOKEN }
      : undefined;
  return { region, endpoint: given.endpoint, credentials };
}
