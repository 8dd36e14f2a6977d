import * as pulumi from "@pulumi/pulumi";

/** A resource as the program registered it. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

export const accountId = "111111111111";

/** ARNs as AWS makes them of names. */
const arns: Readonly<Record<string, (name: string) => string>> = {
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": () =>
    `arn:aws:iam::${accountId}:oidc-provider/token.actions.githubusercontent.com`,
  "aws:iam/policy:Policy": (name) => `arn:aws:iam::${accountId}:policy/bluegreen-pipeline/${name}`,
  "aws:s3/bucket:Bucket": (name) => `arn:aws:s3:::${name}`,
  "aws:kms/key:Key": (name) => `arn:aws:kms:eu-central-1:${accountId}:key/${name}`,
};

/** AWS's answers; another question is one that nobody expected. */
const answers: Readonly<Record<string, object>> = {
  "aws:index/getCallerIdentity:getCallerIdentity": { accountId },
  "aws:index/getPartition:getPartition": { partition: "aws" },
  "aws:index/getRegion:getRegion": { region: "eu-central-1" },
};

/** Runs the program against mocks. @param config without the namespace; what is no text stands there as JSON */
export async function bootstrapped(
  config: Readonly<Record<string, unknown>>,
): Promise<{ resources: Registered[]; outputs: Record<string, unknown> }> {
  const resources: Registered[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource({ type, name, inputs }) {
        resources.push({ type, name, inputs: inputs as Registered["inputs"] });
        const given = inputs as Readonly<Record<string, unknown>>;
        const physical = (given.name as string | undefined) ?? `${name}-1234567`;
        const arn = (arns[type] ?? ((one) => `arn:aws:iam::${accountId}:unused/${one}`))(physical);
        const state = { ...given, name: physical, bucket: physical, keyId: physical, arn };
        return { id: physical, state };
      },
      call({ token }) {
        const answer = answers[token];
        if (answer === undefined) throw new Error(`nobody expected a call of ${token}`);
        return answer;
      },
    },
    "bluegreen-bootstrap",
    "account",
    false,
    "organization",
  );
  const texts = Object.entries(config).map(([key, value]) => [
    `bluegreen-bootstrap:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  pulumi.runtime.setAllConfig(Object.fromEntries(texts) as Record<string, string>);
  const { default: program } = jest.requireActual<{ default: () => Promise<Record<string, unknown>> }>(
    "../../bootstrap/index.ts",
  );
  const outputs = await new Promise<Record<string, unknown>>((resolve, reject) => {
    program().then((given) => void pulumi.output(given).apply(resolve as never), reject);
  });
  await pulumi.runtime.disconnect();
  return { resources, outputs };
}

export const environments = {
  dev: { subject: "repo:acme/shop:ref:refs/heads/main", mayDestroy: true },
  prod: {
    subject: "repo:acme/shop:environment:prod",
    rollbackSubject: "repo:acme/shop:environment:prod-rollback",
    promoteFrom: "dev",
    hostedZoneIds: ["Z0123456789ABC"],
    instancePolicyArns: ["arn:aws:iam::111111111111:policy/Queue"],
    vpcId: "vpc-12345678",
  },
};
