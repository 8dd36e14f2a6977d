import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { SSMClient, GetParameterCommand, DescribeParametersCommand } from "@aws-sdk/client-ssm";
import { CloudWatchClient, DescribeAlarmsCommand, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import { AwsError } from "../../../packages/query-protocol/aws-error.ts";
import { json } from "../../../packages/local-aws/exchange.ts";
import { signedHeaders } from "../../../packages/local-aws/door/sign.ts";
import { Keys } from "../../../packages/local-aws/door/keys.ts";
import { Front } from "../../../packages/local-aws/gateway.ts";
import { agentTo } from "../../../packages/local-aws/moto.ts";
import { jsonReply, parseJson, targetAction, type JsonService } from "../../../packages/local-aws/json.ts";

// The front with the SDK's own clients; in moto's place stands a server that says what came.
const when = new Date(1_700_000_000_500);
const service: JsonService = async (call, passOn) => {
  switch (call.action) {
    case "DescribeAlarms":
      return jsonReply(call, {
        MetricAlarms: [{ AlarmName: JSON.stringify(call.input), StateUpdatedTimestamp: when }],
      });
    case "GetParameter":
      return passOn();
    case "DescribeParameters":
      throw new Error("a fault of the cloud");
    default:
      throw new AwsError("ResourceNotFound", `no ${call.action} here`, 404);
  }
};
const keys = new Keys();
let moto: Server;
let front: Front;
let endpoint: string;

const client = (region = "eu-central-1") => ({
  endpoint,
  region,
  credentials: keys.own,
  maxAttempts: 1,
});

beforeAll(async () => {
  moto = createServer((request, response) => {
    const Name = String(request.headers["x-amz-target"]);
    response.setHeader("content-type", "application/x-amz-json-1.1");
    request.resume().once("end", () => response.end(JSON.stringify({ Parameter: { Name } })));
  }).listen(0, "127.0.0.1");
  await once(moto, "listening");
  front = new Front({
    moto: agentTo({ port: (moto.address() as AddressInfo).port, host: "127.0.0.1" }),
    keys,
    region: "eu-central-1",
    services: { monitoring: json(service), ssm: json(service) },
    judge: () => Promise.resolve(undefined),
    control: () => undefined,
    log: () => undefined,
  });
  endpoint = await front.listen();
});

afterAll(() => {
  front.close();
  moto.close();
  moto.closeAllConnections();
});

test("hands the input on and answers with dates as seconds", async () => {
  const { MetricAlarms } = await new CloudWatchClient(client()).send(new DescribeAlarmsCommand({ AlarmNames: ["a"] }));
  expect(MetricAlarms).toEqual([{ AlarmName: '{"AlarmNames":["a"]}', StateUpdatedTimestamp: when }]);
});

test("hands on to moto what a service does not answer by itself", async () => {
  const { Parameter } = await new SSMClient(client()).send(new GetParameterCommand({ Name: "a" }));
  expect(Parameter).toEqual({ Name: "AmazonSSM.GetParameter" });
});

test("fails with the code, the message and the status of a refusal", async () => {
  const set = new SetAlarmStateCommand({ AlarmName: "a", StateValue: "OK", StateReason: "" });
  await expect(new CloudWatchClient(client()).send(set)).rejects.toMatchObject({
    message: "no SetAlarmState here",
    $metadata: { httpStatusCode: 404 },
    Error: { Code: "ResourceNotFound" },
  });
});

test("fails with 500 for a fault of the cloud's own, and with words for another region", async () => {
  await expect(new SSMClient(client()).send(new DescribeParametersCommand({}))).rejects.toMatchObject({
    name: "InternalFailure",
    message: "DescribeParameters: a fault of the cloud",
    $metadata: { httpStatusCode: 500 },
  });
  await expect(new SSMClient(client("eu-west-1")).send(new GetParameterCommand({ Name: "a" }))).rejects.toMatchObject({
    name: "OptInRequired",
  });
});

test("fails for a call of another protocol", async () => {
  const place = { region: "eu-central-1", service: "monitoring", credentials: keys.own };
  const headers = await signedHeaders("POST", new URL(endpoint), place);
  const answer = await fetch(endpoint, { method: "POST", headers });
  expect([answer.status, await answer.json()]).toMatchObject([400, { __type: "UnknownOperationException" }]);
});

test.each(["[]", "null", "1", "{"])("fails for a body %s", (body) => {
  expect(() => parseJson(body)).toThrow(AwsError);
});

test("takes no body for an empty input, and no target for no action", () => {
  expect([parseJson(""), targetAction({}), targetAction({ "x-amz-target": "A.B" })]).toEqual([{}, "", "B"]);
});
