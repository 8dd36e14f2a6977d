import * as grpc from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import status from "@pulumi/pulumi/proto/status_pb.js";
import any from "google-protobuf/google/protobuf/any_pb.js";
import emptyPb from "google-protobuf/google/protobuf/empty_pb.js";
import struct, { type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb.js";
import type { Change } from "./diff.ts";
import { messageOf } from "./errors.ts";
import * as operations from "./operations.ts";
import type { Row } from "./row.ts";
import { Session, Sessions } from "./session.ts";
import type { Props } from "./shape.ts";

/** A look-up function, by its token: arguments in, result out. */
export type Invoke = (args: Props, site: operations.Site) => Props | Promise<Props>;

/** What the server serves. */
export interface Catalogue {
  /** The version it answers with: the engine warns when the program's SDK is newer. */
  readonly version: string;
  readonly rows: ReadonlyMap<string, Row>;
  readonly invokes: ReadonlyMap<string, Invoke>;
}

function propsOf(struct: struct.Struct | undefined): Props {
  return struct ? struct.toJavaScript() : {};
}

/** JSON's view of the properties: no undefined, dates as text. */
function structOf(props: Props): struct.Struct {
  return struct.Struct.fromJavaScript(JSON.parse(JSON.stringify(props)) as Record<string, JavaScriptValue>);
}

/** The engine reads an initialization error from the details of the status. */
function failure(error: unknown): Partial<grpc.StatusObject> {
  const message = messageOf(error);
  if (!(error instanceof operations.Unfinished)) return { code: grpc.status.UNKNOWN, details: message };
  const detail = new proto.ErrorResourceInitFailed();
  detail.setId(error.id);
  detail.setProperties(structOf(error.state));
  detail.setReasonsList([message]);
  const packed = new any.Any();
  packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const rpcStatus = new status.Status();
  rpcStatus.setCode(grpc.status.UNKNOWN);
  rpcStatus.setMessage(message);
  rpcStatus.addDetails(packed);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(rpcStatus.serializeBinary()));
  return { code: grpc.status.UNKNOWN, details: message, metadata };
}

/** A unary call answered by a promise; `peer` tells the engine's provider instances apart. */
function answer<Q, A>(work: (request: Q, peer: string) => A | Promise<A>): grpc.handleUnaryCall<Q, A> {
  return (call, callback) => {
    const done = (async () => work(call.request, call.getPeer()))();
    done.then(
      (reply) => callback(null, reply),
      (error: unknown) => callback(failure(error)),
    );
  };
}

const KINDS = proto.PropertyDiff.Kind;

function kindOf(change: Change): proto.PropertyDiff.Kind {
  const kinds = {
    add: [KINDS.ADD, KINDS.ADD_REPLACE],
    delete: [KINDS.DELETE, KINDS.DELETE_REPLACE],
    update: [KINDS.UPDATE, KINDS.UPDATE_REPLACE],
  } as const;
  return kinds[change.kind][change.replace ? 1 : 0];
}

function diffReply({ changes, deleteFirst }: operations.Difference): proto.DiffResponse {
  const reply = new proto.DiffResponse();
  const { DIFF_SOME, DIFF_NONE } = proto.DiffResponse.DiffChanges;
  reply.setChanges(changes.length > 0 ? DIFF_SOME : DIFF_NONE);
  const topOf = (change: Change) => change.path.split(/[.[]/)[0];
  reply.setDiffsList([...new Set(changes.map(topOf))]);
  reply.setReplacesList([...new Set(changes.filter((change) => change.replace).map(topOf))]);
  reply.setDeletebeforereplace(deleteFirst);
  reply.setHasdetaileddiff(true);
  for (const change of changes) {
    const property = new proto.PropertyDiff();
    property.setKind(kindOf(change));
    property.setInputdiff(true);
    reply.getDetaileddiffMap().set(change.path, property);
  }
  return reply;
}

function failuresOf(failures: operations.Checked["failures"]): proto.CheckFailure[] {
  return failures.map(({ property, reason }) => {
    const failed = new proto.CheckFailure();
    failed.setProperty(property);
    failed.setReason(reason);
    return failed;
  });
}

function checkReply({ inputs, failures }: operations.Checked): proto.CheckResponse {
  const reply = new proto.CheckResponse();
  reply.setInputs(structOf(inputs));
  reply.setFailuresList(failuresOf(failures));
  return reply;
}

/** `urn:pulumi:stack::project::parent$type::name` */
function partsOf(urn: string): { type: string; name: string } {
  const [, , types = "", ...name] = urn.split("::");
  return { type: types.split("$").pop() ?? "", name: name.join("::") };
}

/** The methods of Pulumi's ResourceProvider protocol over a table of rows; what is missing answers UNIMPLEMENTED. */
function handlers(catalogue: Catalogue, sessions: Sessions): grpc.UntypedServiceImplementation {
  const rowOf = (urn: string): { row: Row; name: string } => {
    const { type, name } = partsOf(urn);
    const row = catalogue.rows.get(type);
    if (row) return { row, name };
    throw new Error(
      `the rehearsal's stand-in for the AWS provider does not know the resource type ${type}: ` +
        `add a row for it in packages/provider-stub/handlers (listed in packages/provider-stub/handlers/index.ts)`,
    );
  };
  const site = (session: Session, timeout = 0) => session.site(timeout > 0 ? timeout : undefined);
  const empty = () => new emptyPb.Empty();
  return {
    getPluginInfo: answer<emptyPb.Empty, plugin.PluginInfo>(() =>
      new plugin.PluginInfo().setVersion(catalogue.version),
    ),
    getSchema: answer<proto.GetSchemaRequest, proto.GetSchemaResponse>(() =>
      new proto.GetSchemaResponse().setSchema("{}"),
    ),
    attach: answer(empty),
    checkConfig: answer<proto.CheckRequest, proto.CheckResponse>((request) =>
      checkReply({ inputs: propsOf(request.getNews()), failures: [] }),
    ),
    diffConfig: answer<proto.DiffRequest, proto.DiffResponse>(() => diffReply({ changes: [], deleteFirst: false })),
    configure: answer<proto.ConfigureRequest, proto.ConfigureResponse>((request, peer) => {
      sessions.configure(peer, new Map(request.getVariablesMap().entries()));
      return new proto.ConfigureResponse().setSupportspreview(true);
    }),
    cancel: answer<emptyPb.Empty, emptyPb.Empty>((_, peer) => {
      sessions.cancel(peer);
      return new emptyPb.Empty();
    }),
    check: answer<proto.CheckRequest, proto.CheckResponse>((request, peer) => {
      const { row, name } = rowOf(request.getUrn());
      const { region } = sessions.of(peer);
      const [news, olds] = [propsOf(request.getNews()), propsOf(request.getOlds())];
      return checkReply(operations.check(row, news, olds, name, request.getRandomseed_asU8(), region));
    }),
    diff: answer<proto.DiffRequest, proto.DiffResponse>((request) => {
      const { row } = rowOf(request.getUrn());
      return diffReply(operations.difference(row, propsOf(request.getOldInputs()), propsOf(request.getNews())));
    }),
    create: answer<proto.CreateRequest, proto.CreateResponse>(async (request, peer) => {
      const { row, name } = rowOf(request.getUrn());
      const inputs = propsOf(request.getProperties());
      const reply = new proto.CreateResponse();
      if (request.getPreview()) return reply.setProperties(structOf(inputs));
      const made = await operations.create(row, name, inputs, site(sessions.of(peer), request.getTimeout()));
      return reply.setId(made.id).setProperties(structOf(made.state));
    }),
    update: answer<proto.UpdateRequest, proto.UpdateResponse>(async (request, peer) => {
      const { row, name } = rowOf(request.getUrn());
      const before = { state: propsOf(request.getOlds()), inputs: propsOf(request.getOldInputs()) };
      const news = propsOf(request.getNews());
      const reply = new proto.UpdateResponse();
      if (request.getPreview()) {
        return reply.setProperties(structOf(operations.plannedUpdate(row, before.state, before.inputs, news)));
      }
      const place = site(sessions.of(peer), request.getTimeout());
      return reply.setProperties(structOf(await operations.update(row, name, request.getId(), before, news, place)));
    }),
    read: answer<proto.ReadRequest, proto.ReadResponse>(async (request, peer) => {
      const { row, name } = rowOf(request.getUrn());
      const known = { state: propsOf(request.getProperties()), inputs: propsOf(request.getInputs()) };
      const found = await operations.read(row, name, request.getId(), known, site(sessions.of(peer)));
      const reply = new proto.ReadResponse();
      if (!found) return reply;
      return reply.setId(request.getId()).setProperties(structOf(found.state)).setInputs(structOf(found.inputs));
    }),
    delete: answer<proto.DeleteRequest, emptyPb.Empty>(async (request, peer) => {
      const { row, name } = rowOf(request.getUrn());
      const place = site(sessions.of(peer), request.getTimeout());
      await operations.remove(row, name, request.getId(), propsOf(request.getProperties()), place);
      return new emptyPb.Empty();
    }),
    invoke: answer<proto.InvokeRequest, proto.InvokeResponse>(async (request, peer) => {
      const token = request.getTok();
      const found = catalogue.invokes.get(token);
      if (!found)
        throw new Error(
          `the stand-in does not know the function ${token}: add it in packages/provider-stub/invokes.ts`,
        );
      const result = await found(propsOf(request.getArgs()), site(sessions.of(peer)));
      return new proto.InvokeResponse().setReturn(structOf(result));
    }),
  };
}

/** Starts the provider on a free port of 127.0.0.1. */
export async function serve(catalogue: Catalogue, sessions: Sessions): Promise<{ port: number; stop(): void }> {
  const unlimited = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };
  const server = new grpc.Server(unlimited);
  server.addService(ResourceProviderService, handlers(catalogue, sessions));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { port, stop: () => server.forceShutdown() };
}
