import {
  createServer,
  request,
  type IncomingHttpHeaders,
  type Agent,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import type { PassOn, Reply } from "./call.ts";
import type { Keys } from "./door/keys.ts";
import { controlService } from "./door/sign.ts";
import { authenticate, type Caller } from "./door/signature.ts";
import { ofWebPage } from "./door/web.ts";
import { actionOf, AwsError } from "@bluegreen/query-protocol";
import { messageOf } from "./errors.ts";
import type { CallLog } from "./call-log.ts";
import type { Spoken } from "./exchange.ts";
import { faultReply, type FaultInjection } from "./fault-injection.ts";
import type { HeldCalls } from "./held-calls.ts";
import { verdictReply, type ModelJudge } from "./models/judge.ts";
import { targetAction } from "./json.ts";

/** What the front hands calls to. */
export interface FrontArgs {
  /** Connects to moto: everything that no service of this cloud takes goes there unchanged. */
  moto: Agent;
  /** Whose requests are taken. */
  keys: Keys;
  /** Values of `Host` beside that of the endpoint; default: none. */
  hosts?: readonly string[];
  /** The only region that this cloud's own services have. */
  region: string;
  /** This cloud's own services with the protocol that each speaks, by the name that requests are signed for. */
  services: Record<string, Spoken>;
  /** Refuses what AWS's service models don't allow, whoever answers the call. */
  judge: ModelJudge["judge"];
  /** Answers requests for the service `rehearsal`, which AWS doesn't have; undefined for an unknown path. */
  control(method: string, path: string): unknown;
  /** Lets calls fail on purpose; default: none. */
  faults?: Pick<FaultInjection, "take">;
  /** Holds calls on purpose; default: none. */
  heldCalls?: Pick<HeldCalls, "pass">;
  /** Keeps who called what; default: nobody does. */
  calls?: Pick<CallLog, "add">;
  log(line: string): void;
}

/** The one HTTP endpoint of the cloud. */
export class Front {
  private readonly server: Server;
  private readonly hosts: Set<string>;

  private readonly args: FrontArgs;

  constructor(args: FrontArgs) {
    this.args = args;
    this.hosts = new Set(args.hosts);
    this.server = createServer(this.listener);
    this.server.keepAliveTimeout = 65_000;
  }

  /** Answers requests, also those that come to another address. */
  readonly listener: RequestListener = (incoming, response) => {
    this.serve(incoming, response).catch((error: unknown) => {
      this.args.log(`${incoming.method} ${incoming.url}: ${messageOf(error)}`);
      if (!response.headersSent) {
        response.writeHead(500, { "content-type": "text/plain" });
      }
      response.end(messageOf(error));
    });
  };

  /** Listens on a free port of 127.0.0.1 and gives the URL. */
  async listen(): Promise<string> {
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
    const host = `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    this.hosts.add(host);
    return `http://${host}`;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const web = ofWebPage(incoming, this.hosts);
    if (web !== undefined) {
      incoming.resume();
      send(response, { status: 403, headers: { "content-type": "text/plain" }, body: `${web}\n` });
      return;
    }
    const { method = "GET", url: path = "/", headers } = incoming;
    const bytes = await bytesOfStream(incoming);
    const caller = await authenticate({ method, url: path, headers, body: bytes }, this.args.keys);
    if ("status" in caller) {
      this.args.log(`${method} ${path} is not signed as it must be: ${caller.body}`);
      send(response, caller);
      return;
    }
    if (caller.service === controlService) {
      send(response, this.control(caller, method, path));
      return;
    }
    const fault = this.args.faults?.take();
    if (fault === "unreachable") {
      incoming.socket.destroy();
      return;
    }
    if (fault) {
      send(response, faultReply(fault, caller.service, headers));
      return;
    }
    const refused = caller.presigned ? undefined : await this.refused(incoming, path, caller.service, bytes);
    if (refused) {
      send(response, refused);
      return;
    }
    const service = this.args.services[caller.service];
    if (!service || method !== "POST") {
      const onAnswer = (answer: IncomingMessage): void => {
        response.writeHead(answer.statusCode ?? 502, withoutCors(answer.headers));
        answer.pipe(response);
      };
      this.toMoto(incoming, onAnswer, (error) => response.destroy(error)).end(bytes);
      return;
    }
    const body = bytes.toString("utf8");
    const exchange = service({ service: caller.service, headers, body });
    const passOn: PassOn = (other) => this.passOn(incoming, other ?? body);
    await this.args.heldCalls?.pass(exchange.action);
    let answer: Reply;
    try {
      if (caller.region !== this.args.region) {
        throw new AwsError(
          "OptInRequired",
          `This call is for region ${caller.region}; the rehearsal's cloud has ${this.args.region} only. ` +
            "Use the region that it was started with.",
        );
      }
      answer = await exchange.answer(passOn);
    } catch (error) {
      const refusal =
        error instanceof AwsError
          ? error
          : new AwsError("InternalFailure", `${exchange.action}: ${messageOf(error)}`, 500);
      answer = exchange.refuse(refusal);
      this.args.log(`${caller.service} ${exchange.action} refused: ${refusal.code} ${refusal.message}`);
      if (!(error instanceof AwsError) && error instanceof Error) {
        this.args.log(error.stack ?? "");
      }
    }
    send(response, answer);
  }

  /** Answers what AWS doesn't have: to whoever started the cloud, and to no instance of it. */
  private control({ accessKeyId }: Caller, method: string, path: string): Reply {
    const isOwner = accessKeyId === this.args.keys.own.accessKeyId;
    const answer = isOwner ? this.args.control(method, path) : undefined;
    const error = isOwner ? `${method} ${path} is no control path` : "The control paths are the cloud's owner's alone";
    return {
      status: answer !== undefined ? 200 : isOwner ? 404 : 403,
      headers: { "content-type": "application/json" },
      body: JSON.stringify(answer ?? { error }),
    };
  }

  /** The answer to a request that AWS's models don't allow; undefined: they do. */
  private async refused(
    { method = "GET", headers }: IncomingMessage,
    url: string,
    service: string,
    body: Buffer,
  ): Promise<Reply | undefined> {
    const request = { service, method, url, headers, body };
    const verdict = await this.args.judge(request, (operation) => this.args.calls?.add(headers, operation));
    if (!verdict) return undefined;
    const what = targetAction(headers) || actionOf(body.toString("utf8")) || `${method} ${url}`;
    this.args.log(`${service} ${what} is not allowed by AWS's model: ${verdict.code} ${verdict.message}`);
    return verdictReply(verdict, request);
  }

  private toMoto(
    incoming: IncomingMessage,
    onAnswer: (answer: IncomingMessage) => void,
    onError: (error: Error) => void,
    length?: number,
  ): ReturnType<typeof request> {
    const headers = { ...incoming.headers };
    if (length !== undefined) {
      headers["content-length"] = String(length);
      delete headers["transfer-encoding"];
      delete headers["accept-encoding"];
    }
    const { method, url: path } = incoming;
    const outgoing = request({ agent: this.args.moto, method, path, headers }, onAnswer);
    return outgoing.once("error", onError);
  }

  private passOn(incoming: IncomingMessage, body: string): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const onAnswer = (answer: IncomingMessage): void => {
        bytesOfStream(answer).then((text) => {
          const headers = { "content-type": answer.headers["content-type"] };
          resolve({ status: answer.statusCode ?? 502, headers, body: text.toString("utf8") });
        }, reject);
      };
      this.toMoto(incoming, onAnswer, reject, Buffer.byteLength(body)).end(body);
    });
  }
}

function send(response: ServerResponse, { status, headers, body }: Reply): void {
  response.writeHead(status, { ...headers, "content-length": String(Buffer.byteLength(body)) }).end(body);
}

/** S3 of moto answers by a bucket's CORS rules; no page may read anything here. */
function withoutCors(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith("access-control-")));
}

async function bytesOfStream(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}
