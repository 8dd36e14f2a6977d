import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { json } from "node:stream/consumers";
import { freePort, startRedis, type TestRedis } from "./redis.ts";
import { get, getUntil, logIn, release, sessionSecret, spawnService, startService, stopServices } from "./service.ts";

type Answer = () => { status: number; answer: object };
const gives =
  (answer: object): Answer =>
  () => ({ status: 200, answer });

/** What the stand-in for AWS answers, by the operation and what it is asked for. */
const answers = new Map<string, Answer>();
let bundle: string;
let redis: TestRedis;
let aws: Server;
let environment: NodeJS.ProcessEnv;

const nothing = (asked: string) => ({
  status: 400,
  answer: { __type: "ParameterNotFound", message: `nothing for ${asked}` },
});
/** What asks for a page of the parameters below /bluegreen/dev. */
const page = (token?: string): string =>
  `AmazonSSM.GetParametersByPath ${JSON.stringify({ Path: "/bluegreen/dev", WithDecryption: true, NextToken: token })}`;

beforeAll(async () => {
  [bundle, redis] = await Promise.all([release("v1.2.3"), startRedis()]);
  aws = createServer((request, response) => {
    void json(request).then((body) => {
      const asked = `${String(request.headers["x-amz-target"])} ${JSON.stringify(body)}`;
      const { status, answer } = answers.get(asked)?.() ?? nothing(asked);
      response.writeHead(status, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(answer));
    });
  }).listen(0, "127.0.0.1");
  await once(aws, "listening");
  environment = {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(aws.address() as AddressInfo).port}`,
    AWS_REGION: "eu-central-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    BLUEGREEN_SETTINGS: "/bluegreen/dev",
    REDIS_URL: "ssm:redis-url",
    SESSION_SECRET: "secretsmanager:session",
  };
});
beforeEach(() => {
  answers.clear();
  answers.set(page(), gives({ Parameters: [] }));
});
afterEach(stopServices);
afterAll(async () => {
  aws.close();
  await redis.stop();
});

const parameter = 'AmazonSSM.GetParameter {"Name":"/bluegreen/dev/redis-url","WithDecryption":true}';
const secret = 'secretsmanager.GetSecretValue {"SecretId":"session"}';

it("gets what it refers to from AWS, decrypted, and shows none of it", async () => {
  answers.set(parameter, gives({ Parameter: { Value: redis.url } }));
  answers.set(secret, gives({ SecretString: sessionSecret }));
  const { url, output } = await startService(bundle, environment);
  expect(await logIn(url)).toMatchObject({ status: 200, body: { user: "ada" } });
  expect(output()).not.toContain(sessionSecret);
  expect(output()).not.toContain(redis.url);
});

it("ends its start with all references that AWS has nothing for", async () => {
  answers.set(secret, gives({}));
  const { exit, lines } = spawnService(bundle, environment);
  expect(await exit).toBe(1);
  expect(lines.at(-1)?.msg).toMatch(/^2 settings are wrong:/);
  expect(lines.at(-1)?.msg).toContain("redis.url (from ssm:redis-url): nothing for AmazonSSM.GetParameter");
  expect(lines.at(-1)?.msg).toContain("session.secret (from secretsmanager:session): it holds no text");
});

/** Without variables: what Parameter Store says is all that the service knows. */
const withoutVariables = () => ({ ...environment, REDIS_URL: undefined, SESSION_SECRET: undefined });
const parameters = (...given: [variable: string, value: string][]) =>
  given.map(([variable, Value]) => ({ Name: `/bluegreen/dev/${variable}`, Value }));
const refusal = {
  __type: "AccessDeniedException",
  message: "i-1 is not authorized to perform ssm:GetParametersByPath",
};

it("takes the parameters of all pages as variables, and shows no value", async () => {
  answers
    .set(page(), gives({ Parameters: parameters(["REDIS_URL", "ssm:redis-url"], ["redis-url", "x"]), NextToken: "2" }))
    .set(page("2"), gives({ Parameters: [], NextToken: "3" }))
    .set(page("3"), gives({ Parameters: parameters(["SESSION_SECRET", sessionSecret], ["PORT", "x"]) }))
    .set(parameter, gives({ Parameter: { Value: redis.url } }));
  const { url, lines, output } = await startService(bundle, withoutVariables());
  expect(await logIn(url)).toMatchObject({ status: 200, body: { user: "ada" } });
  const names = ["REDIS_URL", "SESSION_SECRET", "PORT"].map((name) => `/bluegreen/dev/${name}`);
  expect(lines[0]).toMatchObject({ msg: "settings came from Parameter Store", parameters: names });
  expect(output()).not.toContain(sessionSecret);
  expect(output()).not.toContain(redis.url);
});

it("starts when Parameter Store answers at the third attempt", async () => {
  const states = [500, 503, 200];
  answers.set(page(), () => ({ status: states.shift() ?? 400, answer: { Parameters: [] } }));
  await startService(bundle, withoutVariables());
  expect(states).toEqual([]);
});

const ends: [what: string, answer: Answer, message: string][] = [
  ["a refusal", () => ({ status: 400, answer: refusal }), `below /bluegreen/dev can't be read: ${refusal.message}`],
  [
    "a faulty value",
    gives({ Parameters: parameters(["SHUTDOWN_TIMEOUT", "x"], ["SESSION_SECRET", "short"]) }),
    'shutdown.timeout (from /bluegreen/dev/SHUTDOWN_TIMEOUT): "x". Allowed: a whole number from 0 to 29',
  ],
];
it.each(ends)("ends its start with one line on %s", async (_, answer, message) => {
  answers.set(page(), answer);
  const { exit, lines } = spawnService(bundle, withoutVariables());
  expect(await exit).toBe(1);
  expect(lines).toEqual([expect.objectContaining({ level: "fatal", msg: expect.stringContaining(message) as string })]);
});

describe("where AWS can't be reached", () => {
  const unreachable = async () => ({ ...withoutVariables(), AWS_ENDPOINT_URL: `http://127.0.0.1:${await freePort()}` });

  it("ends a start and a migration with one message", async () => {
    const env = await unreachable();
    const [start, migration] = [spawnService(bundle, env), spawnService(bundle, env, ["migrate"])];
    expect([await start.exit, await migration.exit]).toEqual([1, 1]);
    const message = expect.stringContaining("below /bluegreen/dev can't be read: connect ECONNREFUSED") as string;
    expect(start.lines).toEqual([expect.objectContaining({ level: "fatal", msg: message })]);
    expect(migration.output()).toEqual(message);
  });

  it("still checks the configuration", async () => {
    const { exit, output } = spawnService(bundle, await unreachable(), ["check-config"]);
    expect(await exit).toBe(0);
    expect(output()).toBe("the configuration is sound");
  });
});

it("given a service that has started in this boot, when AWS says nothing at its restart, then its settings are those it had", async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "bluegreen-test-"));
  const env = { ...environment, RUNTIME_DIRECTORY: folder };
  answers
    .set(parameter, gives({ Parameter: { Value: redis.url } }))
    .set(secret, gives({ SecretString: sessionSecret }));
  const first = await startService(bundle, env);
  await getUntil(`${first.url}/readyz`, 5, ({ status }) => status === 200);
  const { cookie } = await logIn(first.url);
  await stopServices();
  redis.signal("SIGSTOP");
  try {
    const second = await startService(bundle, { ...env, AWS_ENDPOINT_URL: `http://127.0.0.1:${await freePort()}` });
    expect(second.lines[0]).toMatchObject({
      level: "warn",
      remembered: expect.arrayContaining(["below /bluegreen/dev"]) as string[],
    });
    // It is no first start, so it does not wait for Redis either.
    expect(await get(`${second.url}/readyz`)).toMatchObject({ status: 200, body: { status: "degraded" } });
    redis.signal("SIGCONT");
    await getUntil(`${second.url}/readyz`, 10, ({ body }) => (body as { status: string }).status === "ready");
    expect((await get(`${second.url}/dashboard`, cookie)).status).toBe(200);
    expect(second.output()).not.toContain(sessionSecret);
  } finally {
    redis.signal("SIGCONT");
  }
  for (const name of readdirSync(folder)) expect(statSync(path.join(folder, name)).mode & 0o777).toBe(0o600);
  answers.set(page(), () => ({ status: 400, answer: refusal }));
  const refused = spawnService(bundle, env);
  expect(await refused.exit).toBe(1);
  rmSync(folder, { recursive: true });
}, 40_000);

it("given SIGTERM while AWS lets it wait for its settings, then it ends as a service that had nothing to do", async () => {
  let asked: () => void = () => undefined;
  const waiting = new Promise<void>((resolve) => (asked = resolve));
  const silent = createServer(() => asked()).listen(0, "127.0.0.1");
  await once(silent, "listening");
  const { port } = silent.address() as AddressInfo;
  const { child, exit } = spawnService(bundle, { ...withoutVariables(), AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` });
  await waiting;
  child.kill("SIGTERM");
  expect(await exit).toBe(0);
  silent.closeAllConnections();
  silent.close();
});

it("migrates the backing service that Parameter Store names", async () => {
  const given: [string, string][] = [
    ["REDIS_URL", redis.url],
    ["SESSION_SECRET", sessionSecret],
  ];
  answers.set(page(), gives({ Parameters: parameters(...given) }));
  const { exit, output } = spawnService(bundle, withoutVariables(), ["migrate"]);
  expect(await exit).toBe(0);
  expect(output()).toContain("schema 1: nothing to do");
});
