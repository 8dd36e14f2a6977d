import { SNSClient } from "@aws-sdk/client-sns";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { type Notice, noticeText } from "../../../cli/store/notice.ts";
import { notify } from "../../../cli/store/notify.ts";

// SNS and Slack are two small servers; `answers` says how each behaves.
type Answer = (response: ServerResponse) => void;
const published: Answer = (response) =>
  response.end(
    "<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult>" +
      "<ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></PublishResponse>",
  );
const posted: Answer = (response) => response.end("ok");
const status =
  (code: number): Answer =>
  (response) =>
    response.writeHead(code).end();
const redirect: Answer = (response) =>
  response.req.url === secret ? response.writeHead(302, { location: "/elsewhere" }).end() : response.end("ok");
const never: Answer = () => undefined;

interface Came {
  to: string;
  type?: string;
  body: string;
}
let answers: { sns: Answer; slack: Answer };
let came: Came[];
let servers: { sns: Server; slack: Server };
let sns: SNSClient;
const secret = "/services/T000/B000/secret";
const topicArn = "arn:aws:sns:eu-central-1:123456789012:topic";
const notice: Notice = {
  kind: "rolled-back",
  stack: "prod",
  color: "green",
  image: { imageId: "ami-0b", version: "v2.0.0" },
  by: "ann@laptop",
  why: "p95 <a> & b > 1 s",
};
const words = noticeText(notice);
const urlOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const webhook = () => `${urlOf(servers.slack)}${secret}`;

beforeEach(async () => {
  came = [];
  answers = { sns: published, slack: posted };
  const serve = async (name: keyof typeof answers) => {
    const handle = async (request: IncomingMessage, response: ServerResponse) => {
      const { url = "", headers } = request;
      came.push({ to: `${name} ${url}`, type: headers["content-type"], body: await text(request) });
      answers[name](response);
      server.emit("came");
    };
    const server = createServer((request, response) => void handle(request, response));
    await once(server.listen(0, "127.0.0.1"), "listening");
    return server;
  };
  servers = { sns: await serve("sns"), slack: await serve("slack") };
  sns = new SNSClient({
    endpoint: urlOf(servers.sns),
    region: "eu-central-1",
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
    maxAttempts: 1,
  });
});
afterEach(() => {
  jest.restoreAllMocks();
  sns.destroy();
  for (const server of Object.values(servers)) {
    server.close();
    server.closeAllConnections();
  }
});

test("tells the topic and Slack", async () => {
  expect(await notify(notice, { sns, topicArn, slackWebhook: webhook() })).toEqual([]);
  const byTarget = Object.fromEntries(came.map((request) => [request.to, request]));
  expect(Object.keys(byTarget).sort()).toEqual([`slack ${secret}`, "sns /"]);
  const form = new URLSearchParams(byTarget["sns /"].body);
  expect([form.get("TopicArn"), form.get("Subject"), form.get("Message")]).toEqual([
    topicArn,
    words.subject,
    words.body,
  ]);
  const { type, body } = byTarget[`slack ${secret}`];
  expect(type).toBe("application/json");
  const escaped = words.body.replace(notice.why!, "p95 &lt;a&gt; &amp; b &gt; 1 s");
  expect(JSON.parse(body)).toEqual({ text: `*${words.subject}*\n${escaped}` });
});

test("tells the topic alone without a webhook", async () => {
  expect(await notify(notice, { sns, topicArn })).toEqual([]);
  expect(came.map(({ to }) => to)).toEqual(["sns /"]);
});

const snsFault = (why: string) =>
  `The notice did not reach ${topicArn} (${why}). Check the topic and the right sns:Publish.`;
const slackFault = (why: string) =>
  `The notice did not reach Slack (${why}). Check the setting slackWebhook; it is a secret, so it is not shown here.`;
const denied: Answer = (response) =>
  response
    .writeHead(403)
    .end("<ErrorResponse><Error><Code>AuthorizationError</Code><Message>not allowed</Message></Error></ErrorResponse>");

test.each<[string, Partial<typeof answers>, string[]]>([
  ["one that refuses", { slack: status(404) }, [slackFault("it answered 404")]],
  ["a redirect, which may leave for anywhere", { slack: redirect }, [slackFault("it could not be asked")]],
  ["AWS's no", { sns: denied }, [snsFault("AuthorizationErrorException: not allowed")]],
  [
    "both",
    { sns: denied, slack: status(500) },
    [snsFault("AuthorizationErrorException: not allowed"), slackFault("it answered 500")],
  ],
])("gives back what went wrong, and tells the other all the same: %s", async (_, changed, faults) => {
  answers = { ...answers, ...changed };
  expect(await notify(notice, { sns, topicArn, slackWebhook: webhook() })).toEqual(faults);
  expect(came.map(({ to }) => to).sort()).toEqual([`slack ${secret}`, "sns /"]);
});

test("gives up after 5 s", async () => {
  answers = { sns: never, slack: never };
  const over = new AbortController();
  const timeout = jest.spyOn(AbortSignal, "timeout").mockReturnValue(over.signal);
  const arrived = Promise.all([once(servers.sns, "came"), once(servers.slack, "came")]);
  const faults = notify(notice, { sns, topicArn, slackWebhook: webhook() });
  await arrived;
  over.abort();
  expect(await faults).toEqual([snsFault("no answer within 5 s"), slackFault("no answer within 5 s")]);
  expect(timeout.mock.calls).toEqual([[5_000], [5_000]]);
});

test("gives up also while the SDK looks for credentials", async () => {
  const over = new AbortController();
  jest.spyOn(AbortSignal, "timeout").mockReturnValue(over.signal);
  const looking = new Promise<void>((begin) => {
    sns = new SNSClient({
      region: "eu-central-1",
      credentials: () => {
        begin();
        return new Promise(() => undefined);
      },
    });
  });
  const faults = notify(notice, { sns, topicArn });
  await looking;
  over.abort();
  expect(await faults).toEqual([snsFault("no answer within 5 s")]);
});

test.each([
  ["no URL", `hooks${secret}`, "ERR_INVALID_URL"],
  ["a port that fetch never asks", `http://127.0.0.1:1${secret}`, "it could not be asked"],
  ["a port that nobody listens on", () => webhookOfNobody(), "ECONNREFUSED"],
])("never shows the webhook: %s", async (_, url, why) => {
  const slackWebhook = typeof url === "string" ? url : await url();
  const faults = await notify(notice, { sns, topicArn, slackWebhook });
  expect(faults).toEqual([slackFault(why)]);
  expect(faults.join()).not.toContain(secret);
});

async function webhookOfNobody(): Promise<string> {
  const gone = createServer();
  await once(gone.listen(0, "127.0.0.1"), "listening");
  const url = urlOf(gone);
  await once(gone.close(), "close");
  return `${url}${secret}`;
}

test("asks by the fetch that it is given", async () => {
  const post = jest.fn<Promise<Response>, Parameters<typeof fetch>>(() =>
    Promise.reject(new TypeError(`Failed to parse URL from ${webhook()}`)),
  );
  expect(await notify(notice, { sns, topicArn, slackWebhook: webhook(), fetch: post })).toEqual([
    slackFault("it could not be asked"),
  ]);
  expect(post.mock.calls.map(([url, init]) => [url, init?.method])).toEqual([[webhook(), "POST"]]);
});
