import { parseConfig } from "../../../packages/app/src/config.ts";
import { resolveSecrets, type SecretSource } from "../../../packages/app/src/secrets.ts";

const LONG = "0123456789abcdef0123456789abcdef";

/** Holds these values, and rejects on any other name. */
function source(parameters: Record<string, string>, secrets: Record<string, string> = {}): SecretSource {
  const from = (kind: string, held: Record<string, string>) => (name: string) =>
    name in held ? Promise.resolve(held[name]) : Promise.reject(new Error(`${kind}NotFound: ${name}`));
  return { parameter: from("Parameter", parameters), secret: from("Secret", secrets) };
}

const resolve = (env: NodeJS.ProcessEnv, from: SecretSource, settings: string | undefined = "/bluegreen/dev") =>
  resolveSecrets(parseConfig(env), settings, from);

it("given nothing configured, then nothing is asked", async () => {
  await expect(resolve({}, source({}))).resolves.toEqual({ redis: undefined, sessionSecrets: [] });
});

it("gets absolute and relative parameters, and secrets by id or ARN", async () => {
  const arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:s-AbCdEf";
  const env = { REDIS_URL: "ssm:redis-url", REDIS_PASSWORD: "ssm:/shared/p", SESSION_SECRET: `secretsmanager:${arn}` };
  const held = source({ "/bluegreen/dev/redis-url": "rediss://r:6379/1", "/shared/p": "p" }, { [arn]: LONG });
  const wanted = { redis: { url: "rediss://r:6379/1", password: "p" }, sessionSecrets: [LONG] };
  await expect(resolve(env, held)).resolves.toEqual(wanted);
  await expect(resolve(env, held, "/bluegreen/dev/")).resolves.toEqual(wanted);
});

it("takes what the environment gives in clear as it is", async () => {
  const env = { REDIS_URL: "redis://u:p@r:6379", SESSION_SECRET: LONG };
  await expect(resolve(env, source({}))).resolves.toEqual({
    redis: { url: "redis://u:p@r:6379", password: undefined },
    sessionSecrets: [LONG],
  });
});

it("fails with all references that gave nothing usable, and shows no value", async () => {
  const env = { REDIS_URL: "ssm:/url", REDIS_PASSWORD: "ssm:/missing", SESSION_SECRET: "secretsmanager:s" };
  const failure = await resolve(env, source({ "/url": "hunter2" }, { s: "hunter2" })).catch(
    (error: Error) => error.message,
  );
  expect(failure).toContain("3 settings are wrong");
  expect(failure).toContain(
    "redis.url (from ssm:/url): a value of another form (not shown). Allowed: redis://HOST:PORT",
  );
  expect(failure).toContain("redis.password (from ssm:/missing): ParameterNotFound: /missing");
  expect(failure).toContain(
    "session.secret (from secretsmanager:s): a value of another form (not shown). Allowed: a text of at least 32",
  );
  expect(failure).not.toContain("hunter2");
});

it("names where a value in clear came from that can't be used", async () => {
  const config = parseConfig({ REDIS_URL: "redis://r", SESSION_SECRET: "hunter2" });
  const origins = new Map([["session.secret", "/bluegreen/dev/SESSION_SECRET"]]);
  await expect(resolveSecrets(config, undefined, source({}), origins)).rejects.toThrow(
    /^1 setting is wrong:\n {2}session\.secret \(from \/bluegreen\/dev\/SESSION_SECRET\): a value of another form \(not shown\)\. Allowed: a text of at least 32 characters$/,
  );
});

it("fails on a relative name without BLUEGREEN_SETTINGS", async () => {
  const config = parseConfig({ REDIS_URL: "ssm:redis-url", SESSION_SECRET: LONG });
  await expect(resolveSecrets(config, undefined, source({}))).rejects.toThrow("BLUEGREEN_SETTINGS is not set");
});
