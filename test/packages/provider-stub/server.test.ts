import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import status from "@pulumi/pulumi/proto/status_pb.js";
import struct, { type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb.js";
import { UNKNOWN } from "../../../packages/provider-stub/diff.ts";
import type { Row } from "../../../packages/provider-stub/row.ts";
import { serve } from "../../../packages/provider-stub/server.ts";
import { Sessions } from "../../../packages/provider-stub/session.ts";
import { type Props, shape } from "../../../packages/provider-stub/shape.ts";

const urn = (type = "test:index/thing:Thing") => `urn:pulumi:dev::test::${type}::thing`;
const structOf = (props: Props) => struct.Struct.fromJavaScript(props as Record<string, JavaScriptValue>);

/** A cloud of one table: things by id. */
const things = new Map<string, Props>();

const change = (id: string, props: Props) => things.set(id, { ...things.get(id), ...props });

/** What a cloud does at once, as a promise. */
const answered = <T>(work: () => T) => Promise.resolve().then(work);

const row: Row = {
  type: "test:index/thing:Thing",
  args: shape("name fixed:own size:own fails:own tags:own"),
  replace: "fixed",
  name: { max: 20 },
  tagging: {
    tag: (id, tags) => answered(() => change(id, { tags: { ...(things.get(id)?.tags as object), ...tags } })),
    untag: () => answered(() => undefined),
  },
  volatile: (changed) => (changed.includes("size") ? ["version"] : []),
  create: (inputs) =>
    answered(() => {
      if (inputs.fails === "create") throw Object.assign(new Error("no more\n things"), { name: "LimitExceeded" });
      things.set("id-1", { ...inputs, version: 1 });
      return "id-1";
    }),
  settle: (_id, inputs) =>
    answered(() => {
      if (inputs.fails === "settle") throw new Error("it never got ready");
    }),
  read: (id) => answered(() => things.get(id)),
  update: ({ id, news, changed }) =>
    answered(() => {
      if (news.fails === "update") throw new Error("not now");
      if (changed("size")) change(id, { size: news.size, version: 2 });
    }),
  remove: (id) => answered(() => void things.delete(id)),
};

type Done<A> = (error: grpc.ServiceError | null, reply: A) => void;

function call<A>(send: (done: Done<A>) => unknown): Promise<A> {
  return new Promise((resolve, reject) => send((error, reply) => (error ? reject(error) : resolve(reply))));
}

let client: ResourceProviderClient;
let server: Awaited<ReturnType<typeof serve>>;

beforeAll(async () => {
  const env = { AWS_REGION: "eu-central-1", AWS_ACCESS_KEY_ID: "k", AWS_SECRET_ACCESS_KEY: "s" };
  server = await serve(
    { version: "7.0.0", rows: new Map([[row.type, row]]), invokes: new Map() },
    new Sessions(env, 1),
  );
  client = new ResourceProviderClient(`127.0.0.1:${server.port}`, grpc.credentials.createInsecure());
  const request = new proto.ConfigureRequest();
  request.getVariablesMap().set("aws:config:defaultTags", JSON.stringify({ tags: { Project: "p" } }));
  const reply = await call<proto.ConfigureResponse>((done) => client.configure(request, done));
  expect([reply.getSupportspreview(), reply.getAcceptsecrets()]).toEqual([true, false]);
});

afterAll(() => {
  client.close();
  server.stop();
});

beforeEach(() => things.clear());

const create = (inputs: Props, preview = false) =>
  call<proto.CreateResponse>((done) =>
    client.create(new proto.CreateRequest().setUrn(urn()).setProperties(structOf(inputs)).setPreview(preview), done),
  );

const update = (olds: Props, news: Props, preview = false) => {
  const state = structOf({ ...olds, version: 1 });
  const request = new proto.UpdateRequest().setUrn(urn()).setId("id-1").setOlds(state).setOldInputs(structOf(olds));
  return call<proto.UpdateResponse>((done) => client.update(request.setNews(structOf(news)).setPreview(preview), done));
};

/** The initialization error in a failure's details. */
function initFailed(error: unknown): proto.ErrorResourceInitFailed.AsObject {
  const [bytes] = (error as grpc.ServiceError).metadata.get("grpc-status-details-bin");
  const [detail] = status.Status.deserializeBinary(bytes as Buffer).getDetailsList();
  return proto.ErrorResourceInitFailed.deserializeBinary(detail.getValue_asU8()).toObject();
}

describe("check", () => {
  const check = (news: Props) => {
    const request = new proto.CheckRequest().setUrn(urn()).setNews(structOf(news)).setRandomseed(Buffer.from("seed"));
    return call<proto.CheckResponse>((done) => client.check(request, done));
  };
  it("names the resource from the engine's seed", async () => {
    const inputs = (await check({ size: 1 })).getInputs()?.toJavaScript();
    expect(inputs).toMatchObject({
      size: 1,
      name: expect.stringMatching(/^thing-[0-9a-f]{7}$/) as string,
      __defaults: ["name"],
    });
  });
  it("fails on an unknown argument", async () => {
    const [failure] = (await check({ siz: 1 })).getFailuresList();
    expect([failure.getProperty(), failure.getReason()]).toEqual([
      "siz",
      expect.stringMatching(/does not know .*"siz"/),
    ]);
  });
});

it("diff tells the engine each property's kind, and what forces a new resource", async () => {
  const request = new proto.DiffRequest().setUrn(urn()).setOldInputs(structOf({ fixed: "a", size: 1 }));
  const reply = await call<proto.DiffResponse>((done) =>
    client.diff(request.setNews(structOf({ fixed: "b", size: UNKNOWN })), done),
  );
  const kinds = reply
    .getDetaileddiffMap()
    .toObject(false, () => undefined)
    .map(([path]) => [path, reply.getDetaileddiffMap().get(path)?.getKind()]);
  const { UPDATE, UPDATE_REPLACE } = proto.PropertyDiff.Kind;
  expect(kinds.sort()).toEqual([
    ["fixed", UPDATE_REPLACE],
    ["size", UPDATE],
  ]);
  expect([reply.getDiffsList(), reply.getReplacesList()]).toEqual([["fixed", "size"], ["fixed"]]);
  expect(reply.getChanges()).toBe(proto.DiffResponse.DiffChanges.DIFF_SOME);
});

describe("create", () => {
  it("adds the provider's default tags", async () => {
    const reply = await create({ name: "a", tags: { own: "x" } });
    expect(reply.getId()).toBe("id-1");
    expect(reply.getProperties()?.toJavaScript()).toEqual({
      name: "a",
      version: 1,
      tags: { own: "x" },
      tagsAll: { own: "x", Project: "p" },
    });
  });
  it("makes nothing in a preview", async () => {
    expect((await create({ name: "a" }, true)).getProperties()?.toJavaScript()).toEqual({ name: "a" });
    expect(things.size).toBe(0);
  });
  it("fails with AWS's code and words in one line", async () => {
    await expect(create({ name: "a", fails: "create" })).rejects.toMatchObject({
      details: 'creating test:index/thing:Thing "thing": LimitExceeded: no more things',
    });
  });
  it("keeps what exists when the rest fails", async () => {
    const error: unknown = await create({ name: "a", fails: "settle" }).catch((failed: unknown) => failed);
    const reason = 'creating test:index/thing:Thing "thing": it never got ready';
    expect(initFailed(error)).toMatchObject({ id: "id-1", reasonsList: [reason] });
    expect(things.has("id-1")).toBe(true);
  });
});

describe("update", () => {
  it("answers what AWS has afterwards", async () => {
    await create({ name: "a", size: 1 });
    const reply = await update({ name: "a", size: 1 }, { name: "a", size: 2, tags: { t: "1" } });
    expect(reply.getProperties()?.toJavaScript()).toMatchObject({
      size: 2,
      version: 2,
      tagsAll: { t: "1", Project: "p" },
    });
  });
  it("leaves unknown in a preview what the change makes anew", async () => {
    const reply = await update({ name: "a", size: 1 }, { name: "a", size: 2 }, true);
    expect(reply.getProperties()?.toJavaScript()).toEqual({ name: "a", size: 2, version: UNKNOWN });
  });
  it("keeps the new inputs beside an error, as the official provider does", async () => {
    await create({ name: "a" });
    const error: unknown = await update({ name: "a" }, { name: "a", fails: "update" }).catch(
      (failed: unknown) => failed,
    );
    expect(initFailed(error).reasonsList).toEqual(['updating test:index/thing:Thing "thing": not now']);
  });
});

describe("read", () => {
  const read = (inputs: Props) => {
    const request = new proto.ReadRequest().setUrn(urn()).setId("id-1").setInputs(structOf(inputs));
    return call<proto.ReadResponse>((done) => client.read(request.setProperties(structOf(inputs)), done));
  };
  it("shows drift in inputs and state", async () => {
    await create({ name: "a", size: 1 });
    change("id-1", { size: 7 });
    const reply = await read({ name: "a", size: 1 });
    expect(reply.getInputs()?.toJavaScript()).toEqual({ name: "a", size: 7 });
    expect(reply.getProperties()?.toJavaScript()).toMatchObject({ size: 7 });
  });
  it("shows tags added by hand, and not the provider's own default tags", async () => {
    await create({ name: "a" });
    change("id-1", { tags: { Project: "p", hand: "made" } });
    const reply = await read({ name: "a" });
    expect(reply.getInputs()?.toJavaScript()).toEqual({ name: "a", tags: { hand: "made" } });
  });
  it("imports all that AWS has of the arguments", async () => {
    await create({ name: "a", size: 1 });
    expect((await read({})).getInputs()?.toJavaScript()).toEqual({ name: "a", size: 1 });
  });
  it("answers no id when it is gone", async () => {
    expect((await read({ name: "a" })).getId()).toBe("");
  });
});

it("an unknown type fails with the file to extend", async () => {
  const request = new proto.CreateRequest().setUrn(urn("aws:sqs/queue:Queue")).setProperties(structOf({}));
  await expect(call<proto.CreateResponse>((done) => client.create(request, done))).rejects.toMatchObject({
    details: expect.stringMatching(
      /does not know the resource type aws:sqs\/queue:Queue: add a row .*packages\/provider-stub\/handlers/,
    ) as string,
  });
});

it("an unknown function fails with the file to extend", async () => {
  const request = new proto.InvokeRequest().setTok("aws:ec2/getVpc:getVpc").setArgs(structOf({}));
  await expect(call<proto.InvokeResponse>((done) => client.invoke(request, done))).rejects.toMatchObject({
    details: expect.stringMatching(/invokes\.ts/) as string,
  });
});
