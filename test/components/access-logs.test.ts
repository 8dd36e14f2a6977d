import { AccessLogs } from "../../components/access-logs.ts";
import { named, register } from "../program.ts";

const args = { accountId: "111111111111", retention: 90, tags: {} };

test.each([true, false])(
  "given retain: %p, then bucket and settings of it stay in AWS or go with the logs",
  async (retain) => {
    const resources = await register(() => void new AccessLogs("logs", { ...args, retain }));
    const own = resources.filter(({ type }) => type.startsWith("aws:s3/"));
    expect(own).toHaveLength(7);
    expect(own.map(({ options }) => options.retainOnDelete)).toEqual(own.map(() => retain));
    // With it on, AWS deletes a bucket that is not empty; without, the deletion of a bucket with logs would fail.
    expect(named(resources, "logs-bucket").inputs.forceDestroy).toBe(!retain);
  },
);

test("the bucket is encrypted, closed, owned by the stack's account alone, and logs are deleted in time", async () => {
  let made: AccessLogs | undefined;
  const resources = await register(
    () => void (made = new AccessLogs("logs", { ...args, tags: { Project: "p" }, retain: false })),
  );
  const of = (part: string) => named(resources, `logs-${part}`).inputs;
  expect(of("bucket").tags).toEqual({ Project: "p" });
  expect(of("ownership")).toEqual({ bucket: "logs-bucket", rule: { objectOwnership: "BucketOwnerEnforced" } });
  expect(of("closed")).toEqual({
    bucket: "logs-bucket",
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  });
  expect(of("encrypted")).toEqual({
    bucket: "logs-bucket",
    rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
  });
  expect(of("life-cycle")).toEqual({
    bucket: "logs-bucket",
    rules: [
      {
        id: "expire",
        status: "Enabled",
        filter: { prefix: "alb/" },
        expiration: { days: 90 },
        abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
        noncurrentVersionExpiration: { noncurrentDays: 30 },
      },
      {
        id: "markers",
        status: "Enabled",
        filter: { prefix: "alb/" },
        expiration: { expiredObjectDeleteMarker: true },
      },
    ],
  });
  expect(made?.prefix).toBe("alb");
});

test("the load balancers of the account may write below its own path, and nobody may come without TLS", async () => {
  const resources = await register(() => void new AccessLogs("logs", { ...args, retain: false }));
  const { bucket, policy } = named(resources, "logs-policy").inputs as Record<string, string>;
  const arn = "arn:aws:s3:::logs-bucket";
  expect(bucket).toBe("logs-bucket");
  expect(JSON.parse(policy)).toEqual({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "LoadBalancerMayWrite",
        Effect: "Allow",
        Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
        Action: "s3:PutObject",
        Resource: `${arn}/alb/AWSLogs/111111111111/*`,
      },
      {
        Sid: "TlsOnly",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [arn, `${arn}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  });
});
