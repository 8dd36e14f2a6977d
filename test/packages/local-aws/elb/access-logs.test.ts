import { account } from "../../../../packages/local-aws/autoscaling/groups.ts";
import { checkAccessLogs } from "../../../../packages/local-aws/elb/access-logs.ts";
import { parseQuery } from "../../../../packages/query-protocol/query.ts";
import { loadBalancer } from "./fixtures.ts";

const policy = (resource: string) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
        Action: "s3:PutObject",
        Resource: resource,
      },
      {
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: "*",
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  });
const body = (attributes: Record<string, string>) =>
  Object.entries(attributes)
    .map(([key, value], at) => `Attributes.member.${at + 1}.Key=${key}&Attributes.member.${at + 1}.Value=${value}`)
    .join("&");
const logs = { "access_logs.s3.enabled": "true", "access_logs.s3.bucket": "logs", "access_logs.s3.prefix": "alb" };
const own = `arn:aws:s3:::logs/alb/AWSLogs/${account}/*`;

test.each<[string, Record<string, string>, string | undefined, boolean]>([
  ["its policy lets the log delivery write", logs, policy(own), true],
  ["it has no policy", logs, undefined, false],
  ["its policy is for another prefix", logs, policy(`arn:aws:s3:::logs/AWSLogs/${account}/*`), false],
  ["logs are off", { ...logs, "access_logs.s3.enabled": "false" }, undefined, true],
  ["something else changes", { "idle_timeout.timeout_seconds": "60" }, undefined, true],
])("given a bucket, when %s, it is accepted: %4$p", async (_what, attributes, document, accepted) => {
  const refused = await checkAccessLogs(parseQuery(body(attributes)), loadBalancer("main"), () =>
    Promise.resolve(document),
  ).then(
    () => undefined,
    (error: Error) => error,
  );
  expect(refused?.message).toBe(
    accepted ? undefined : "Access Denied for bucket: logs. Please check S3bucket permission",
  );
});

test("logs that are on already are asked for again with another bucket", async () => {
  const known = loadBalancer("main", { attributes: logs });
  const asked: string[] = [];
  await checkAccessLogs(parseQuery(body({ "access_logs.s3.bucket": "other" })), known, (bucket) => {
    asked.push(bucket);
    return Promise.resolve(policy(`arn:aws:s3:::other/alb/AWSLogs/${account}/*`));
  });
  expect(asked).toEqual(["other"]);
});
