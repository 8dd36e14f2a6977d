import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { loadConfig, parseConfig } from "../../../packages/app/src/config.ts";
import { VARIABLES } from "../../../packages/app/src/config-schema.ts";

const file = (text: string) => ({ path: "/etc/app/config.yaml", text });
const refused = (env: NodeJS.ProcessEnv, text?: string): string => {
  try {
    parseConfig(env, text === undefined ? undefined : file(text));
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("it was accepted");
};

it("runs on defaults alone: a new user has neither a file nor a backing service", () => {
  expect(parseConfig({})).toEqual({
    port: 3000,
    host: "0.0.0.0",
    log: { level: "info" },
    trustProxy: 1,
    session: { ttl: 86_400, cookie: { secure: true, sameSite: "lax" } },
    shutdown: { delay: 15, timeout: 10 },
  });
});

it("lets the environment win over the file, and the file over the defaults", () => {
  const config = parseConfig(
    { PORT: "4000", LOG_LEVEL: "warn" },
    file("port: 5000\nhost: 127.0.0.1\nlog:\n  level: debug\n"),
  );
  expect(config).toMatchObject({ port: 4000, host: "127.0.0.1", log: { level: "warn" }, trustProxy: 1 });
});

it("takes every setting from its environment variable", () => {
  const env = {
    PORT: "1",
    HOST: "h",
    LOG_LEVEL: "debug",
    TRUST_PROXY: "2",
    REDIS_URL: "rediss://r:1",
    REDIS_USERNAME: "u",
    REDIS_PASSWORD: "123456",
    REDIS_CA_FILE: "c",
    SESSION_SECRET: "s",
    SESSION_ACCEPTED_SECRETS: "o",
    SESSION_TTL: "61",
    SESSION_COOKIE_SECURE: "false",
    SESSION_COOKIE_SAME_SITE: "strict",
    SHUTDOWN_DELAY: "3",
    SHUTDOWN_TIMEOUT: "4",
  };
  expect(Object.keys(env).sort()).toEqual(Object.keys(VARIABLES).sort());
  expect(parseConfig(env)).toEqual({
    port: 1,
    host: "h",
    log: { level: "debug" },
    trustProxy: 2,
    redis: { url: "rediss://r:1", username: "u", password: "123456", caFile: "c" },
    session: { secret: "s", acceptedSecrets: "o", ttl: 61, cookie: { secure: false, sameSite: "strict" } },
    shutdown: { delay: 3, timeout: 4 },
  });
});

it("takes references in the file", () => {
  const text = "redis: { url: 'ssm:redis-url', password: 'ssm:/a/b' }\nsession: { secret: 'secretsmanager:s' }\n";
  expect(parseConfig({}, file(text))).toMatchObject({
    redis: { url: "ssm:redis-url", password: "ssm:/a/b" },
    session: { secret: "secretsmanager:s" },
  });
});

const wrongVariables: [variables: NodeJS.ProcessEnv, message: string][] = [
  [{ PORT: "abc" }, 'port (from PORT): "abc". Allowed: a whole number from 0 to 65535'],
  [{ PORT: "65536" }, "port (from PORT): 65536. Allowed: a whole number from 0 to 65535"],
  [{ PORT: "" }, 'port (from PORT): "". Allowed: a whole number'],
  [{ HOST: "" }, 'host (from HOST): "". Allowed: an address such as 0.0.0.0'],
  [{ LOG_LEVEL: "loud" }, 'log.level (from LOG_LEVEL): "loud". Allowed: debug or info or warn or error'],
  [{ TRUST_PROXY: "true" }, "trustProxy (from TRUST_PROXY): true. Allowed: a whole number from 0 to 5"],
  [{ REDIS_URL: "http://r" }, "redis.url (from REDIS_URL): another value (not shown). Allowed: redis://HOST:PORT"],
  [{ REDIS_URL: "redis://:hunter2@r:99999" }, "redis.url (from REDIS_URL): another value (not shown)"],
  [{ REDIS_URL: "redis://:hunter2%zz@r" }, "redis.url (from REDIS_URL): another value (not shown)"],
  [{ REDIS_URL: "redis://:hunter2@" }, "redis.url (from REDIS_URL): another value (not shown)"],
  [{ REDIS_PASSWORD: "p" }, "redis.url: not set. Allowed: redis://HOST:PORT"],
  [{ REDIS_URL: "redis://r" }, "session.secret: not set. Allowed: a reference"],
  [{ SESSION_TTL: "59" }, "session.ttl (from SESSION_TTL): another value (not shown). Allowed: a whole number from 60"],
  [
    { SESSION_COOKIE_SECURE: "yes" },
    "session.cookie.secure (from SESSION_COOKIE_SECURE): another value (not shown). Allowed: true or false",
  ],
  [{ SESSION_COOKIE_SAME_SITE: "none" }, "another value (not shown). Allowed: lax or strict"],
  [{ SHUTDOWN_DELAY: "30" }, "shutdown.delay (from SHUTDOWN_DELAY): 30. Allowed: a whole number from 0 to 29"],
  [
    { SHUTDOWN_DELAY: "20" },
    'shutdown: {"delay":20}. Allowed: delay and timeout (20 and 10) of less than 30 s together',
  ],
];
it.each(wrongVariables)("refuses %j", (variables, message) => {
  expect(refused(variables)).toContain(message);
  expect(refused(variables)).not.toContain("hunter2");
});

const wrongFiles: [text: string, message: string][] = [
  ["prot: 3000", "prot (from /etc/app/config.yaml): no such setting. Allowed: one of port, host, log"],
  ["redis:\n  ur1: x", "redis.(not shown) (from /etc/app/config.yaml): no such setting. Allowed: one of url, username"],
  [
    "session:\n  cookie:\n    path: x",
    "session.cookie.(not shown) (from /etc/app/config.yaml): no such setting. Allowed: one of secure",
  ],
  ["log: info", 'log (from /etc/app/config.yaml): "info". Allowed: settings by name'],
  ["log:", "log (from /etc/app/config.yaml): null. Allowed: settings by name"],
  ["- port", "/etc/app/config.yaml must hold settings by name"],
  ["port: 1\nport: 2", "/etc/app/config.yaml is no YAML. Correct it:\n  line 2: DUPLICATE_KEY"],
  ["redis:\n  password: hunter2", "redis.password (from /etc/app/config.yaml): a secret in clear (not shown)"],
  ["session:\n  secret: hunter2", "session.secret (from /etc/app/config.yaml): a secret in clear (not shown)"],
  ["redis:\n  url: redis://:hunter2@r", "redis.url (from /etc/app/config.yaml): a secret in clear (not shown)"],
  ["redis:\n  url: rediss://user:hunter2@r:1", "redis.url (from /etc/app/config.yaml): a secret in clear (not shown)"],
  ["session:\n  secret: [hunter2]", "session.secret (from /etc/app/config.yaml): another value (not shown)"],
  ["session:\n  secret: 'hunter2", "line 2: MISSING_CHAR"],
  [
    "redis: redis://:hunter2@r",
    "redis (from /etc/app/config.yaml): another value (not shown). Allowed: settings by name",
  ],
  ["redis:\n  redis://:hunter2@r: x", "redis.(not shown) (from /etc/app/config.yaml): no such setting"],
  ["session: [hunter2]", "session (from /etc/app/config.yaml): another value (not shown)"],
  ["redis:\n  username: [hunter2]", "redis.username (from /etc/app/config.yaml): another value (not shown)"],
];
it.each(wrongFiles)("refuses the file %j", (text, message) => {
  const said = refused({}, text);
  expect(said).toContain(message);
  expect(said).not.toContain("hunter2");
});

it("refuses a secret in clear in the file even where the environment has another one", () => {
  expect(refused({ SESSION_SECRET: "ssm:s" }, "session:\n  secret: hunter2")).toContain("a secret in clear");
});

it("names all faults at once", () => {
  const said = refused({ PORT: "x", SHUTDOWN_DELAY: "99" }, "hots: a\nsession:\n  secret: hunter2\nlog:\n  level: no");
  expect(said.split("\n")).toHaveLength(6);
  expect(said).toMatch(/^5 settings are wrong:/);
});

describe("the file on disk", () => {
  let folder: string;
  beforeAll(() => (folder = mkdtempSync(path.join(os.tmpdir(), "bluegreen-test-"))));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("is the one that APP_CONFIG names", () => {
    const name = path.join(folder, "config.yaml");
    writeFileSync(name, "port: 4321\n");
    expect(loadConfig({ APP_CONFIG: name }).port).toBe(4321);
  });

  it("fails when APP_CONFIG names one that is not there", () => {
    const name = path.join(folder, "missing.yaml");
    expect(() => loadConfig({ APP_CONFIG: name })).toThrow(`APP_CONFIG names ${name}, which can't be read`);
  });
});
