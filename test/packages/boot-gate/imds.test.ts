import { type Instance, readInstance } from "../../../packages/boot-gate/imds.ts";
import { listen, listenAsMetadata, type Listening, member, type Metadata } from "./servers.ts";

const signal = new AbortController().signal;
let service: Listening | undefined;
const before = process.env.AWS_EC2_METADATA_SERVICE_ENDPOINT;

function use(listening: Listening): void {
  service = listening;
  process.env.AWS_EC2_METADATA_SERVICE_ENDPOINT = listening.url;
}

afterEach(() => service?.close());
afterAll(() => {
  if (before === undefined) delete process.env.AWS_EC2_METADATA_SERVICE_ENDPOINT;
  else process.env.AWS_EC2_METADATA_SERVICE_ENDPOINT = before;
});

const state = "meta-data/autoscaling/target-lifecycle-state";
const tag = "meta-data/tags/instance/aws:autoscaling:groupName";
const self = { instanceId: "i-0123456789abcdef0", region: "eu-central-1" };

it.each<[string, Metadata, Instance["group"]]>([
  ["a group's member", {}, { kind: "named", name: "app-blue-group-1" }],
  ["a group's member before its state is told", { [state]: 404 }, { kind: "named", name: "app-blue-group-1" }],
  ["a group's member whose tags aren't shown", { [tag]: 404 }, { kind: "unknown" }],
  ["an instance of no group", { [tag]: 404, [state]: 404 }, { kind: "none" }],
])("reads %s, with a token", async (_, changes, group) => {
  use(await listenAsMetadata({ ...member, ...changes }));
  expect(await readInstance(signal)).toEqual({ ...self, group });
});

it.each<[string, Metadata, string]>([
  ["the instance's id is missing", { "meta-data/instance-id": 404 }, "does not have instance-id"],
  ["the region is empty", { "meta-data/placement/region": "" }, "does not have placement/region"],
  ["the service is in trouble", { [tag]: 503 }, "answered 503 for meta-data/tags/instance/aws:autoscaling:groupName"],
])("fails when %s", async (_, changes, message) => {
  use(await listenAsMetadata({ ...member, ...changes }));
  await expect(readInstance(signal)).rejects.toThrow(message);
});

it("fails when the service gives no token", async () => {
  use(await listen((_, response) => void response.writeHead(403).end()));
  await expect(readInstance(signal)).rejects.toThrow("the instance metadata service answered 403 for api/token");
});

it("fails when nothing listens", async () => {
  const gone = await listen(() => undefined);
  await gone.close();
  process.env.AWS_EC2_METADATA_SERVICE_ENDPOINT = gone.url;
  await expect(readInstance(signal)).rejects.toThrow("fetch failed");
});

it("does not wait for ever for a service that says nothing", async () => {
  use(await listen(() => undefined));
  await expect(readInstance(signal)).rejects.toThrow("timeout");
});

it("ends at once when it is told to", async () => {
  const stop = new AbortController();
  use(await listen(() => stop.abort()));
  await expect(readInstance(stop.signal)).rejects.toThrow("aborted");
});
