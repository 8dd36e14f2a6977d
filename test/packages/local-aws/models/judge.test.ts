import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { startModelJudge, verdictReply, type ModelJudge } from "../../../../packages/local-aws/models/judge.ts";
import { findMoto } from "../../../../tools/moto.ts";

// AWS's own models, as botocore has them.
let python: string;
let models: ModelJudge;

beforeAll(async () => {
  python = await findMoto(() => undefined);
  models = startModelJudge(python, (line) => {
    throw new Error(line);
  });
});

afterAll(() => models.stop());

const folder = join(import.meta.dirname, "../../../../packages/local-aws/models");
/** The services that product, provider and commands call. */
const services = "ec2 elbv2 autoscaling iam sts sns cloudwatch ssm kms acm dynamodb logs s3 route53".split(" ");

test("given each operation with all its parameters, when botocore writes it, then the same is read back", () => {
  const printed = execFileSync(python, [join(import.meta.dirname, "round_trip.py"), folder, ...services], {
    encoding: "utf8",
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" },
  });
  const [count, ...differences] = printed.trim().split("\n").reverse();
  expect([differences, Number(count) > 1800]).toEqual([[], true]);
});

const form = (service: string, parameters: Record<string, string>) => {
  const [headers, body] = [{}, Buffer.from(new URLSearchParams(parameters).toString())];
  return { service, method: "POST", url: "/", headers, body };
};
const autoScaling = (parameters: Record<string, string>) =>
  form("autoscaling", { Version: "2011-01-01", Action: "CreateAutoScalingGroup", ...parameters });
const elb = (parameters: Record<string, string>) => {
  const required = { "Conditions.member.1.Field": "path-pattern", "Actions.member.1.Type": "forward" };
  return form("elasticloadbalancing", { Version: "2015-12-01", Action: "CreateRule", ...required, ...parameters });
};
const ec2 = (parameters: Record<string, string>) =>
  form("ec2", { Version: "2016-11-15", Action: "CreateSubnet", VpcId: "vpc-1", ...parameters });
const json = (service: string, target: string, input: object) => {
  const [headers, body] = [{ "x-amz-target": target }, Buffer.from(JSON.stringify(input))];
  return { service, method: "POST", url: "/", headers, body };
};
const rest = (service: string, method: string, url: string, body = "", headers = {}) => {
  return { service, method, url, headers, body: Buffer.from(body) };
};
const group = { AutoScalingGroupName: "a", MinSize: "0", MaxSize: "1" };
const ssm = "AmazonSSM.GetParameter";
const logs = "Logs_20140328.CreateLogGroup";
const lifecycle = (status: string, member = "Status") =>
  `<LifecycleConfiguration><Rule><Prefix>a</Prefix><${member}>${status}</${member}></Rule></LifecycleConfiguration>`;

test.each([
  ["a form", autoScaling({ ...group, "Tags.member.1.Key": "a", TerminationPolicies: "" })],
  ["EC2's form", ec2({ CidrBlock: "10.0.0.0/24", "TagSpecification.1.Tag.1.Key": "a" })],
  ["JSON", json("ssm", ssm, { Name: "a", WithDecryption: true })],
  ["JSON of CloudWatch", json("monitoring", "GraniteServiceVersion20100801.DescribeAlarms", { MaxRecords: 1 })],
  ["XML of S3", rest("s3", "PUT", "/a?lifecycle", lifecycle("Enabled"))],
  ["an object of S3 with a name that SDKs add", rest("s3", "PUT", "/a/b/c?x-id=PutObject", "text")],
  ["an address of Route 53", rest("route53", "GET", "/2013-04-01/hostedzone/Z1/rrset?maxitems=1")],
])("given %s that the model allows, then there is no verdict", async (_, request) => {
  expect(await models.judge(request)).toBeUndefined();
});

test.each([
  [
    "Query: an unknown operation",
    autoScaling({ Action: "Create" }),
    "InvalidAction",
    "Could not find operation Create",
  ],
  ["Query: an unknown version", autoScaling({ Version: "1" }), "InvalidAction", "for version 1"],
  ["Query: an unknown parameter", autoScaling({ ...group, Minimum: "1" }), "ValidationError", "no parameter Minimum"],
  [
    "Query: an unknown member",
    autoScaling({ ...group, "Tags.member.1.Ky": "a" }),
    "ValidationError",
    "Tags.member.1.Ky",
  ],
  [
    "Query: a missing one",
    autoScaling({ MinSize: "0", MaxSize: "1" }),
    "ValidationError",
    "null at 'autoScalingGroupName'",
  ],
  ["Query: a number that is none", autoScaling({ ...group, MinSize: "one" }), "ValidationError", "'one' at 'minSize'"],
  [
    "Query: too long a text",
    autoScaling({ ...group, AutoScalingGroupName: "a".repeat(256) }),
    "ValidationError",
    "to 255",
  ],
  ["Query: an empty key", autoScaling({ ...group, "Tags.member.1.Key": "" }), "ValidationError", "'tags.1.member.key'"],
  ["Query: too large a number", elb({ Priority: "50001", ListenerArn: "a" }), "ValidationError", "equal to 50000"],
  ["EC2: an unknown operation", ec2({ Action: "MakeSubnet" }), "InvalidAction", "MakeSubnet"],
  ["EC2: an unknown parameter", ec2({ Cidr: "a" }), "UnknownParameter", "The parameter Cidr is not recognized"],
  ["EC2: a missing id", form("ec2", { Version: "2016-11-15", Action: "DeleteVpc" }), "MissingParameter", "VpcId"],
  [
    "EC2: a type of resource that there is none of",
    ec2({ "TagSpecification.1.ResourceType": "net" }),
    "InvalidParameterValue",
    "Value (net) for parameter TagSpecifications.1.ResourceType is invalid",
  ],
  ["JSON: an unknown operation", json("ssm", "AmazonSSM.Get", {}), "UnknownOperationException", "operation Get"],
  [
    "JSON: another service's target",
    json("ssm", "AmazonSSN.GetParameter", {}),
    "UnknownOperationException",
    "AmazonSSN",
  ],
  ["JSON: an unknown member", json("ssm", ssm, { Name: "a", N: 1 }), "ValidationException", "no parameter N"],
  ["JSON: a missing one", json("ssm", ssm, {}), "ValidationException", "null at 'name'"],
  ["JSON: a wrong type", json("ssm", ssm, { Name: 1 }), "SerializationException", "NUMBER_VALUE can not be converted"],
  ["JSON: no JSON", { ...json("ssm", ssm, {}), body: Buffer.from("{") }, "SerializationException", "no JSON"],
  [
    "JSON: CloudWatch Logs has a code of its own",
    json("logs", logs, { logGroupName: "a b" }),
    "InvalidParameterException",
    "regular expression pattern",
  ],
  [
    "S3: a value that is none",
    rest("s3", "PUT", "/a?lifecycle", lifecycle("On")),
    "InvalidArgument",
    "[Enabled, Disabled]",
  ],
  ["S3: an unknown element", rest("s3", "PUT", "/a?lifecycle", lifecycle("On", "S")), "MalformedXML", "Rule.S"],
  ["S3: no XML", rest("s3", "PUT", "/a?lifecycle", "<a>"), "MalformedXML", "not well-formed"],
  ["S3: a method that there is not", rest("s3", "PATCH", "/a"), "MethodNotAllowed", "method is not allowed"],
  [
    "Route 53: too long an id",
    rest("route53", "GET", `/2013-04-01/hostedzone/${"Z".repeat(33)}`),
    "InvalidInput",
    "32",
  ],
  ["Route 53: no such address", rest("route53", "GET", "/2013-04-01/zone"), "UnknownOperationException", "GET"],
  ["a service that AWS does not have", form("blue", { Action: "A" }), "InvalidAction", "no service that signs as blue"],
])("given %s, then it is refused in AWS's words", async (_, request, code, words) => {
  const verdict = await models.judge(request);
  expect(verdict?.code).toBe(code);
  expect(verdict?.message ?? "").toContain(words);
});

test("given verdicts of each protocol, then each answer has that protocol's form", async () => {
  const answers = await Promise.all(
    [autoScaling({}), ec2({ A: "b" }), rest("s3", "PATCH", "/a"), json("ssm", ssm, {})].map(async (request) => {
      const verdict = await models.judge(request);
      return verdict && verdictReply(verdict, request);
    }),
  );
  expect(answers.map((answer) => answer?.status)).toEqual([400, 400, 405, 400]);
  expect(answers.map((answer) => answer?.body)).toEqual([
    expect.stringMatching(/^<ErrorResponse><Error><Type>Sender<.Type><Code>ValidationError</),
    expect.stringMatching(/^<Response><Errors><Error><Code>UnknownParameter</),
    expect.stringMatching(/^<Error><Code>MethodNotAllowed</),
    expect.stringMatching(/^{"__type":"ValidationException","message":"1 validation error detected: Value null/),
  ]);
});

test("given a judge that has ended, then a request fails rather than passes", async () => {
  const ended = startModelJudge("/bin/false", () => undefined);
  await expect(ended.judge(ec2({}))).rejects.toThrow("has ended");
  await expect(ended.judge(ec2({}))).rejects.toThrow("has ended");
});
