import { parseConfig } from "../../../packages/app/src/config.ts";
import { messageOf, Refusal } from "../../../packages/app/src/fault.ts";
import { type Parameter, readParameters } from "../../../packages/app/src/parameters.ts";

const at = (name: string, value: string): Parameter => ({ name, value });
const file = (text: string) => ({ path: "/etc/app/config.yaml", text });
const below = (...found: Parameter[]) => readParameters("/bluegreen/dev", () => Promise.resolve(found));
const refused = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("it was accepted");
};

it("given no BLUEGREEN_SETTINGS, then nothing is asked", async () => {
  const source = jest.fn();
  expect((await readParameters(undefined, source)).size).toBe(0);
  expect(source).not.toHaveBeenCalled();
});

it.each(["/bluegreen/dev", "/bluegreen/dev/"])(
  "asks below %s, and takes what has a variable's name",
  async (settings) => {
    const asked: string[] = [];
    const url = at("/bluegreen/dev/REDIS_URL", "rediss://r:6379");
    const others = ["redis-url", "redis_url", "REDIS", "toString", "deep/PORT"].map((name) =>
      at(`/bluegreen/dev/${name}`, "x"),
    );
    const parameters = await readParameters(settings, (path) => {
      asked.push(path);
      return Promise.resolve([...others, url]);
    });
    expect(asked).toEqual(["/bluegreen/dev"]);
    expect([...parameters]).toEqual([["REDIS_URL", url]]);
  },
);

it.each(["", "/", "bluegreen/dev", "/bluegreen//dev", "/blue green"])("refuses the path %j", async (settings) => {
  const source = jest.fn();
  await expect(readParameters(settings, source)).rejects.toThrow(
    `BLUEGREEN_SETTINGS is ${JSON.stringify(settings)}; it must be a path in Parameter Store, such as /bluegreen/dev`,
  );
  expect(source).not.toHaveBeenCalled();
});

it.each([
  [new Error("User: i-1 is not authorized"), "User: i-1 is not authorized."],
  [Object.assign(new AggregateError([]), { code: "ETIMEDOUT" }), "ETIMEDOUT."],
  [new AggregateError([]), "AggregateError."],
])("fails with the reason and the way out on %s", async (error, reason) => {
  const failure = await readParameters("/bluegreen/dev", () => Promise.reject(error)).catch(
    (thrown: unknown) => thrown,
  );
  expect(failure).toBeInstanceOf(Refusal);
  expect(messageOf(failure)).toContain(`the parameters below /bluegreen/dev can't be read: ${reason}`);
  expect(messageOf(failure)).toContain("ssm:GetParametersByPath");
});

it("fails when there is no answer for 15 s", async () => {
  jest.useFakeTimers();
  try {
    const reading = readParameters("/bluegreen/dev", () => new Promise(() => undefined));
    const failure = expect(reading).rejects.toThrow("can't be read: no answer within 15000 ms");
    jest.advanceTimersByTime(15_000);
    await failure;
  } finally {
    jest.useRealTimers();
  }
});

it("wins over the file, and the environment wins over it", async () => {
  const parameters = await below(
    at("/bluegreen/dev/LOG_LEVEL", "warn"),
    at("/bluegreen/dev/SHUTDOWN_DELAY", "3"),
    at("/bluegreen/dev/SESSION_COOKIE_SECURE", "false"),
    at("/bluegreen/dev/PORT", "4000"),
  );
  const text = "port: 5000\nlog: { level: debug }\nshutdown: { delay: 4, timeout: 5 }\n";
  expect(parseConfig({ PORT: "6000" }, file(text), parameters)).toMatchObject({
    port: 6000,
    log: { level: "warn" },
    shutdown: { delay: 3, timeout: 5 },
    session: { cookie: { secure: false } },
  });
});

it("may hold a secret, and a reference to one", async () => {
  const secrets = [
    at("/bluegreen/dev/REDIS_URL", "redis://u:p@r"),
    at("/bluegreen/dev/SESSION_SECRET", "ssm:/shared/s"),
  ];
  expect(parseConfig({}, undefined, await below(...secrets))).toMatchObject({
    redis: { url: "redis://u:p@r" },
    session: { secret: "ssm:/shared/s" },
  });
});

it("is named with its whole name in a fault, and its secret is not shown", async () => {
  const parameters = await below(
    at("/bluegreen/dev/PORT", "x"),
    at("/bluegreen/dev/LOG_LEVEL", "loud"),
    at("/bluegreen/dev/REDIS_URL", "hunter2"),
    at("/bluegreen/dev/SHUTDOWN_DELAY", "99"),
  );
  const said = refused(() => parseConfig({ SHUTDOWN_DELAY: "98" }, file("host: ''"), parameters));
  expect(said).toContain("5 settings are wrong");
  expect(said).toContain('port (from /bluegreen/dev/PORT): "x". Allowed: a whole number');
  expect(said).toContain('log.level (from /bluegreen/dev/LOG_LEVEL): "loud". Allowed: debug');
  expect(said).toContain("redis.url (from /bluegreen/dev/REDIS_URL): another value (not shown). Allowed: redis://");
  expect(said).toContain("shutdown.delay (from SHUTDOWN_DELAY): 98. Allowed");
  expect(said).toContain("host (from /etc/app/config.yaml)");
  expect(said).not.toContain("hunter2");
});
