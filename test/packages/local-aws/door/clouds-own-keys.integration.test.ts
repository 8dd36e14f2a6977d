import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { type Cloud, runCloud } from "../../../../packages/local-aws/cloud.ts";
import { controlService, signedHeaders } from "../../../../packages/local-aws/door/sign.ts";
import { findMoto } from "../../../../tools/moto.ts";
import { run } from "../../../../tools/run.ts";

// The cloud as it runs, asked with the credentials that it gives out, and by another SDK than the one whose signer it uses.
let cloud: Cloud;
let python: string;

beforeAll(async () => {
  python = await findMoto(() => undefined);
  cloud = await runCloud({ timeScale: 100, motoPython: python, region: "eu-central-1" }, () => undefined);
}, 120_000);
afterAll(() => cloud?.stop());

const assumed = async () => {
  const iam = new IAMClient(cloud.client);
  const AssumeRolePolicyDocument = "{}";
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: `r${Date.now()}`, AssumeRolePolicyDocument }));
  const sts = new STSClient(cloud.client);
  const { Credentials: given } = await sts.send(
    new AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: "session" }),
  );
  return {
    accessKeyId: given?.AccessKeyId ?? "",
    secretAccessKey: given?.SecretAccessKey ?? "",
    sessionToken: given?.SessionToken ?? "",
  };
};

test("given credentials of AssumeRole, then they are taken with their token, and with no other", async () => {
  const credentials = await assumed();
  const asks = (over: object) =>
    new STSClient({ ...cloud.client, credentials: { ...credentials, ...over }, maxAttempts: 1 }).send(
      new GetCallerIdentityCommand({}),
    );
  expect(await asks({})).toMatchObject({ Arn: expect.stringContaining("assumed-role") as string });
  await expect(asks({ sessionToken: "another" })).rejects.toMatchObject({ name: "InvalidClientTokenId" });
  await expect(asks({ secretAccessKey: "another" })).rejects.toMatchObject({ name: "SignatureDoesNotMatch" });
});

test("given credentials of a role, then the control paths are closed to them", async () => {
  const { endpoint, region } = cloud.client;
  const url = new URL("/rehearsal/state", endpoint);
  const ask = async (credentials: { accessKeyId: string; secretAccessKey: string }) =>
    (await fetch(url, { headers: await signedHeaders("GET", url, { region, service: controlService, credentials }) }))
      .status;
  expect([await ask(await assumed()), await ask(cloud.client.credentials)]).toEqual([403, 200]);
});

const script = `
import boto3, sys
endpoint, key, secret = sys.argv[1:]
def client(name, **more):
    from botocore.config import Config
    own = {"region_name": "eu-central-1", "endpoint_url": endpoint, "aws_access_key_id": key, "aws_secret_access_key": secret}
    return boto3.client(name, **{**own, **more}, config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}))
s3 = client("s3")
name = "a b/+&=ü~'()*.txt"
s3.put_object(Bucket="logs", Key=name, Body=b"body")
print(s3.get_object(Bucket="logs", Key=name)["Body"].read().decode())
import urllib.request
from botocore.signers import RequestSigner
url = boto3.Session().client("s3", region_name="eu-central-1", endpoint_url=endpoint, aws_access_key_id=key, aws_secret_access_key=secret, config=__import__("botocore.config").config.Config(signature_version="s3v4", s3={"addressing_style": "path"})).generate_presigned_url("get_object", Params={"Bucket": "logs", "Key": name})
print(urllib.request.urlopen(url).read().decode())
print(client("dynamodb").list_tables()["TableNames"])
print(len(client("ec2").describe_regions()["Regions"]) > 0)
try:
    client("ec2", aws_secret_access_key="wrong").describe_regions()
except Exception as error:
    print(error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"])
`;

test("given botocore, which has a signer of its own, then its requests and its URLs are taken", async () => {
  const { endpoint, region, credentials } = cloud.client;
  const CreateBucketConfiguration = { LocationConstraint: region as "eu-central-1" };
  const s3 = new S3Client({ ...cloud.client, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: "logs", CreateBucketConfiguration }));
  await new DynamoDBClient(cloud.client).send(
    new CreateTableCommand({
      TableName: "releases",
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    }),
  );
  const args = ["-c", script, endpoint, credentials.accessKeyId, credentials.secretAccessKey];
  const said = (await run(python, args)).trim().split("\n");
  expect(said).toEqual(["body", "body", "['releases']", "True", "AuthFailure 401"]);
}, 60_000);
