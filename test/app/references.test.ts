import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { json } from "node:stream/consumers";
import { startRedis, type TestRedis } from "./redis";
import { get, release, sessionSecret, spawnService, startService, stopServices } from "./service";

/** What the stand-in for AWS holds, by the operation and what it is asked for. */
const answers = new Map<string, object>();
let folder: string;
let bundle: string;
let redis: TestRedis;
let aws: Server;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), "bluegreen-test-"));
  [bundle, redis] = await Promise.all([release(folder, "v1.2.3"), startRedis()]);
  aws = createServer((request, response) => {
    void json(request).then((body) => {
      const asked = `${String(request.headers["x-amz-target"])} ${JSON.stringify(body)}`;
      const answer = answers.get(asked);
      response.writeHead(answer === undefined ? 400 : 200, { "content-type": "application/x-amz-json-1.1" });
      response.end(JSON.stringify(answer ?? { __type: "ParameterNotFound", message: `nothing for ${asked}` }));
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
afterEach(stopServices);
afterAll(async () => {
  aws.close();
  await redis.stop();
  rmSync(folder, { recursive: true, force: true });
});

const parameter = 'AmazonSSM.GetParameter {"Name":"/bluegreen/dev/redis-url","WithDecryption":true}';
const secret = 'secretsmanager.GetSecretValue {"SecretId":"session"}';

it("gets what it refers to from AWS, decrypted, and shows none of it", async () => {
  answers.set(parameter, { Parameter: { Value: redis.url } }).set(secret, { SecretString: sessionSecret });
  const { url, output } = await startService(bundle, environment);
  expect((await get(`${url}/session`)).body).toMatchObject({ count: 1 });
  expect(output()).not.toContain(sessionSecret);
  expect(output()).not.toContain(redis.url);
});

it("ends its start with all references that AWS has nothing for", async () => {
  answers.clear();
  answers.set(secret, {});
  const { exit, lines } = spawnService(bundle, environment);
  expect(await exit).toBe(1);
  expect(lines.at(-1)?.msg).toMatch(/^2 settings are wrong:/);
  expect(lines.at(-1)?.msg).toContain("redis.url (from ssm:redis-url): nothing for AmazonSSM.GetParameter");
  expect(lines.at(-1)?.msg).toContain("session.secret (from secretsmanager:session): it holds no text");
});
