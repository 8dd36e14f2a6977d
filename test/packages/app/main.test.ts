import { release, sessionSecret, spawnService, stopServices } from "./service.ts";

let bundle: string;
beforeAll(async () => {
  bundle = await release("v1.2.3");
});
afterEach(stopServices);

it.each([
  [{ PORT: "x", SHUTDOWN_DELAY: "x" }, "2 settings are wrong"],
  [{ REDIS_URL: "ssm:redis-url", SESSION_SECRET: sessionSecret }, "BLUEGREEN_SETTINGS is not set"],
  [
    { REDIS_URL: "rediss://r", SESSION_SECRET: sessionSecret, REDIS_CA_FILE: "/nowhere.pem" },
    "redis.caFile names /nowhere.pem",
  ],
])("ends its start with one line on %j", async (env, message) => {
  const { exit, lines } = spawnService(bundle, env);
  expect(await exit).toBe(1);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({ level: "fatal", msg: expect.stringContaining(message) as string });
});

const commands: [args: string[], env: NodeJS.ProcessEnv, code: number, output: string][] = [
  [["--version"], { PORT: "x" }, 0, "v1.2.3"],
  [["check-config"], { REDIS_URL: "ssm:redis-url", SESSION_SECRET: "ssm:s" }, 0, "the configuration is sound"],
  [["check-config"], { REDIS_URL: "redis://r", SESSION_SECRET: "hunter2" }, 1, "session.secret (from SESSION_SECRET)"],
  [
    ["check-config"],
    { REDIS_URL: "rediss://r", SESSION_SECRET: sessionSecret, REDIS_CA_FILE: "/dev/null" },
    1,
    "redis.caFile names /dev/null, which holds no certificate",
  ],
  [
    ["migrate"],
    { REDIS_URL: "redis://:hunter2@r:99999", SESSION_SECRET: sessionSecret },
    1,
    "redis.url (from REDIS_URL)",
  ],
  [
    ["check-config"],
    { PORT: "x" },
    1,
    '1 setting is wrong:\n  port (from PORT): "x". Allowed: a whole number from 0 to 65535\n',
  ],
  [["migrate"], {}, 1, "redis.url is not set: there is nothing to migrate\n"],
  [["serve"], {}, 1, "no such command: serve\napp                serves"],
  [["--help"], {}, 1, "Unknown option '--help'"],
];
it.each(commands)("app %j with %j", async (args, env, code, said) => {
  const { exit, output } = spawnService(bundle, env, args);
  expect(await exit).toBe(code);
  expect(output()).toContain(said);
  expect(output()).not.toContain("hunter2");
});
