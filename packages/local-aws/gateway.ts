import {
  Agent,
  createServer,
  request,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import type { PassOn, Reply } from "./call.ts";
import { AwsError, messageOf } from "./errors.ts";
import type { Spoken } from "./exchange.ts";
import { faultReply, type FaultInjection } from "./fault-injection.ts";
import type { HeldCalls } from "./held-calls.ts";
import { verdictReply, type ModelJudge } from "./models/judge.ts";
import { targetAction } from "./json.ts";
import { actionOf, signedScope } from "./query.ts";

/** What the front hands calls to. */
export interface FrontArgs {
  /** moto's URL: everything that no service of this cloud takes goes there unchanged. */
  moto: string;
  /** The only region that this cloud's own services have. */
  region: string;
  /** This cloud's own services with the protocol that each speaks, by the name that requests are signed for. */
  services: Record<string, Spoken>;
  /** Refuses what AWS's service models don't allow, whoever answers the call. */
  judge: ModelJudge["judge"];
  /** Answers paths below `/rehearsal/`, which AWS doesn't have; undefined for an unknown path. */
  control(method: string, path: string): unknown;
  /** Lets calls fail on purpose; default: none. */
  faults?: Pick<FaultInjection, "take">;
  /** Holds calls on purpose; default: none. */
  heldCalls?: Pick<HeldCalls, "pass">;
  log(line: string): void;
}

/** The one HTTP endpoint of the cloud. */
export class Front {
  private readonly server: Server;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 32 });

  private readonly args: FrontArgs;

  constructor(args: FrontArgs) {
    this.args = args;
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
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
    this.agent.destroy();
  }

  private async serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = incoming.url ?? "/";
    if (path.startsWith("/rehearsal/")) {
      const answer = this.args.control(incoming.method ?? "GET", path);
      response.writeHead(answer === undefined ? 404 : 200, { "content-type": "application/json" });
      response.end(JSON.stringify(answer ?? { error: `${incoming.method} ${path} is no control path` }));
      return;
    }
    const scope = signedScope(incoming.headers.authorization);
    const fault = this.args.faults?.take();
    if (fault === "unreachable") {
      incoming.socket.destroy();
      return;
    }
    if (fault) {
      incoming.resume();
      const { status, headers, body } = faultReply(fault, scope?.service ?? "", incoming.headers);
      response.writeHead(status, headers).end(body);
      return;
    }
    const bytes = await bytesOfStream(incoming);
    const refused = scope && (await this.refused(incoming, path, scope.service, bytes));
    if (refused) {
      response.writeHead(refused.status, refused.headers).end(refused.body);
      return;
    }
    const service = scope && this.args.services[scope.service];
    if (!service || incoming.method !== "POST") {
      const onAnswer = (answer: IncomingMessage): void => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      };
      this.toMoto(incoming, onAnswer, (error) => response.destroy(error)).end(bytes);
      return;
    }
    const body = bytes.toString("utf8");
    const exchange = service({ service: scope.service, headers: incoming.headers, body });
    const passOn: PassOn = (other) => this.passOn(incoming, other ?? body);
    await this.args.heldCalls?.pass(exchange.action);
    let answer: Reply;
    try {
      if (scope.region !== this.args.region) {
        throw new AwsError(
          "OptInRequired",
          `This call is for region ${scope.region}; the rehearsal's cloud has ${this.args.region} only. ` +
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
      this.args.log(`${scope.service} ${exchange.action} refused: ${refusal.code} ${refusal.message}`);
      if (!(error instanceof AwsError) && error instanceof Error) {
        this.args.log(error.stack ?? "");
      }
    }
    const headers = { ...answer.headers, "content-length": String(Buffer.byteLength(answer.body)) };
    response.writeHead(answer.status, headers);
    response.end(answer.body);
  }

  /** The answer to a request that AWS's models don't allow; undefined: they do. */
  private async refused(
    { method = "GET", headers }: IncomingMessage,
    url: string,
    service: string,
    body: Buffer,
  ): Promise<Reply | undefined> {
    const request = { service, method, url, headers, body };
    const verdict = await this.args.judge(request);
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
    const outgoing = request(
      new URL(incoming.url ?? "/", this.args.moto),
      { method: incoming.method, headers, agent: this.agent },
      onAnswer,
    );
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

async function bytesOfStream(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}
