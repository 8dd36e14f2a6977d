import type { Instance } from "@aws-sdk/client-ec2";
import { once } from "node:events";
import { createServer, request, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { Keys } from "../../../../packages/local-aws/door/keys.ts";
import { metadataListener, type MetadataArgs } from "../../../../packages/local-aws/ec2/metadata-server.ts";

type Ec2 = MetadataArgs["ec2"];

/** Instances by private address. */
class FakeEc2 implements Ec2 {
  readonly instances = new Map<string, Instance>();
  readonly asked: string[] = [];
  failure?: Error;

  living(privateIp: string): Promise<Instance | undefined> {
    this.asked.push(privateIp);
    return this.failure ? Promise.reject(this.failure) : Promise.resolve(this.instances.get(privateIp));
  }

  userData(id: string): Promise<string> {
    return Promise.resolve(Buffer.from(`user data of ${id}`).toString("base64"));
  }

  publicKey(name: string): Promise<string> {
    return Promise.resolve(`ssh-ed25519 ${name}`);
  }
}

let ec2: FakeEc2;
let log: string[];
let server: Server;
beforeEach(async () => {
  jest.useFakeTimers({ doNotFake: ["nextTick", "setImmediate", "queueMicrotask"] });
  ec2 = new FakeEc2();
  ec2.instances.set("127.0.0.2", { InstanceId: "i-2", KeyName: "packer" });
  ec2.instances.set("127.0.0.3", { InstanceId: "i-3" });
  log = [];
  const hosts = ["169.254.169.254"];
  const listener = metadataListener({
    ec2,
    keys: new Keys(),
    region: "eu-central-1",
    hosts,
    log: (line) => void log.push(line),
  });
  server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(() => {
  jest.useRealTimers();
  server.close();
  server.closeAllConnections();
});

/** Asks from an address, as a machine that has it does. */
async function ask(localAddress: string, method: string, path: string, headers: Record<string, string> = {}) {
  const { port } = server.address() as AddressInfo;
  const named = { host: "169.254.169.254", ...headers };
  const asking = request({ host: "127.0.0.1", port, localAddress, method, path, headers: named, agent: false });
  asking.end();
  const [answer] = (await once(asking, "response")) as [IncomingMessage];
  return { status: answer.statusCode, body: await text(answer) };
}

const tokenOf = async (address: string): Promise<string> =>
  (await ask(address, "PUT", "/latest/api/token", { "x-aws-ec2-metadata-token-ttl-seconds": "60" })).body;
const get = async (address: string, path: string) =>
  ask(address, "GET", `/latest/${path}`, { "x-aws-ec2-metadata-token": await tokenOf(address) });

test.each([
  ["127.0.0.2", "meta-data/instance-id", { status: 200, body: "i-2" }],
  ["127.0.0.3", "meta-data/instance-id", { status: 200, body: "i-3" }],
  ["127.0.0.3", "user-data", { status: 200, body: "user data of i-3" }],
  ["127.0.0.2", "meta-data/public-keys/0/openssh-key", { status: 200, body: "ssh-ed25519 packer" }],
  ["127.0.0.3", "meta-data/public-keys/0/openssh-key", { status: 404, body: "404 - Not Found\n" }],
  ["127.0.0.2", "meta-data/placement/region", { status: 200, body: "eu-central-1" }],
])("whoever asks from %s for %s is the instance of that address", async (address, path, answer) => {
  expect(await get(address, path)).toEqual(answer);
});

it("takes no token of another instance", async () => {
  const headers = { "x-aws-ec2-metadata-token": await tokenOf("127.0.0.2") };
  expect(await ask("127.0.0.3", "GET", "/latest/meta-data/instance-id", headers)).toMatchObject({ status: 401 });
});

test.each<Record<string, string>>([
  { host: "metadata.attacker.example" },
  { origin: "http://169.254.169.254" },
  { "sec-fetch-site": "same-origin" },
])("given a request of a web page (%p), then it gets no token", async (headers) => {
  const asked = { "x-aws-ec2-metadata-token-ttl-seconds": "60", ...headers };
  expect(await ask("127.0.0.2", "PUT", "/latest/api/token", asked)).toMatchObject({ status: 403 });
  expect(ec2.asked).toEqual([]);
});

it("has nothing for an address that no instance has", async () => {
  expect(await ask("127.0.0.4", "PUT", "/latest/api/token")).toEqual({ status: 404, body: "" });
});

it("looks an instance up once for all that a boot asks, and anew when its address may be another's", async () => {
  await get("127.0.0.2", "meta-data/instance-id");
  await get("127.0.0.2", "user-data");
  expect(ec2.asked).toEqual(["127.0.0.2"]);
  ec2.instances.set("127.0.0.2", { InstanceId: "i-9" });
  jest.advanceTimersByTime(2_000);
  expect(await get("127.0.0.2", "meta-data/instance-id")).toMatchObject({ body: "i-9" });
  expect(ec2.asked).toEqual(["127.0.0.2", "127.0.0.2"]);
});

it("answers 500 and says why, where EC2 can't be asked", async () => {
  ec2.failure = new Error("moto is gone");
  expect(await ask("127.0.0.2", "GET", "/latest/user-data")).toMatchObject({ status: 500 });
  expect(log).toEqual(["metadata GET /latest/user-data of 127.0.0.2: moto is gone"]);
});
