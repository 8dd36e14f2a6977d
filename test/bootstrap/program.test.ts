import { bootstrapped, environments, type Registered } from "./bootstrap-program.ts";

interface Statement {
  Sid: string;
  Effect: string;
  Action?: string[];
  Resource?: string[];
  Condition?: Record<string, Record<string, unknown>>;
}

let resources: Registered[];
let outputs: Record<string, unknown>;
beforeAll(async () => ({ resources, outputs } = await bootstrapped({ environments })));

const named = (name: string): Registered => {
  const found = resources.find((one) => one.name === name);
  if (!found) throw new Error(`no resource ${name} among ${resources.map((one) => one.name).join(", ")}`);
  return found;
};
const statements = (name: string, property = "policy") =>
  (JSON.parse(String(named(name).inputs[property])) as { Statement: Statement[] }).Statement;
const attachedTo = (role: string) =>
  resources.filter(({ type, inputs }) => /RolePolicyAttachment$/.test(type) && inputs.role === `${role}-1234567`);
/** What the roles' own policies allow, all documents together. */
const allowed = (prefix: string) =>
  resources
    .filter(({ type, name }) => /iam\/policy:Policy$/.test(type) && new RegExp(`^${prefix}-\\d+$`).test(name))
    .flatMap(({ name }) => statements(name));

test("the state's bucket is versioned, under its own key, closed, and reached by TLS alone", () => {
  expect(named("state-versions").inputs.versioningConfiguration).toEqual({ status: "Enabled" });
  expect(named("state-encrypted").inputs.rules).toEqual([
    {
      applyServerSideEncryptionByDefault: {
        sseAlgorithm: "aws:kms",
        kmsMasterKeyId: "arn:aws:kms:eu-central-1:111111111111:key/state-key-1234567",
      },
      bucketKeyEnabled: true,
    },
  ]);
  expect(named("state-closed").inputs).toMatchObject({ blockPublicAcls: true, restrictPublicBuckets: true });
  expect(named("state-key").inputs.enableKeyRotation).toBe(true);
  expect(statements("state-policy")).toMatchObject([
    { Effect: "Deny", Action: "s3:*", Condition: { Bool: { "aws:SecureTransport": "false" } } },
  ]);
});

test("a role is taken with a token of this issuer, for this audience, of this subject alone", () => {
  expect(statements("prod-deploy", "assumeRolePolicy")).toEqual([
    {
      Sid: "PipelineOfOneSubject",
      Effect: "Allow",
      Principal: { Federated: "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com" },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition: {
        StringEquals: {
          "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
          "token.actions.githubusercontent.com:sub": "repo:acme/shop:environment:prod",
        },
      },
    },
  ]);
  expect(statements("prod-rollback", "assumeRolePolicy")[0]?.Condition?.StringEquals).toMatchObject({
    "token.actions.githubusercontent.com:sub": "repo:acme/shop:environment:prod-rollback",
  });
});

test("every role stands under its environment's boundary, and nobody asked for dev's rollback gets one", () => {
  const roles = resources.filter(({ type }) => /role:Role$/.test(type));
  expect(roles.map(({ name }) => name).sort()).toEqual(["dev-deploy", "prod-deploy", "prod-rollback"]);
  for (const { name, inputs } of roles)
    expect(inputs.permissionsBoundary).toBe(
      `arn:aws:iam::111111111111:policy/bluegreen-pipeline/${name.split("-")[0]}-boundary-1234567`,
    );
});

test("a role has no more policies than IAM attaches, and none is longer than IAM takes", () => {
  for (const role of ["dev-deploy", "prod-deploy", "prod-rollback"]) {
    const count = attachedTo(role).length;
    expect([role, count > 1 && count <= 10]).toEqual([role, true]);
  }
  const policies = resources.filter(({ type }) => /iam\/policy:Policy$/.test(type));
  expect(policies.filter(({ inputs }) => String(inputs.policy).length > 6144)).toEqual([]);
});

test("the role that rolls back makes, deletes and runs nothing, and gives nobody a right", () => {
  const actions = [...new Set(allowed("prod-rollback").flatMap(({ Action = [] }) => Action))];
  expect(actions).toContain("elasticloadbalancing:ModifyListener");
  expect(actions.filter((action) => /:(Create|Delete|Run|Terminate|Attach|Pass|Send|Authorize)/.test(action))).toEqual(
    [],
  );
  expect(actions.filter((action) => /^iam:(?!Get|List)/.test(action))).toEqual([]);
});

test("an environment may destroy itself only where that was said, and no pipeline revokes images", () => {
  const actions = (prefix: string) => allowed(prefix).flatMap(({ Action = [] }) => Action);
  expect(actions("dev-destroy")).toContain("ec2:DeleteVpc");
  expect(actions("prod-destroy")).toEqual([]);
  for (const role of ["dev-deploy", "prod-deploy"]) expect(actions(role)).not.toContain("ssm:PutParameter");
});

test("a role for an instance is made with the boundary, and gets policies from the list", () => {
  const boundary = "arn:aws:iam::111111111111:policy/bluegreen-pipeline/bluegreen-prod-instances";
  const of = (action: string) => allowed("prod-deploy").filter(({ Action = [] }) => Action.includes(action));
  expect(of("iam:CreateRole").map(({ Condition }) => Condition)).toEqual([
    { StringEquals: { "iam:PermissionsBoundary": boundary } },
  ]);
  expect(of("iam:AttachRolePolicy").map(({ Condition }) => Condition?.ArnEquals)).toEqual([
    {
      "iam:PolicyARN": [
        "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
        "arn:aws:iam::111111111111:policy/Queue",
      ],
    },
  ]);
  expect(of("iam:PassRole").map(({ Condition }) => Condition)).toEqual([
    { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } },
  ]);
  const { inputs } = named("prod-instances");
  expect(`arn:aws:iam::111111111111:policy${String(inputs.path)}${String(inputs.name)}`).toBe(boundary);
});

test("the state of another environment is read where images come from there, and written nowhere", () => {
  const own = statements("prod-state");
  const write = own.find(({ Sid }) => Sid === "WriteOwnState")?.Resource ?? [];
  const read = own.find(({ Sid }) => Sid === "ReadState")?.Resource ?? [];
  expect(write.every((file) => /prod/.test(file))).toBe(true);
  expect(read.filter((file) => /\/dev/.test(file))).toEqual([
    "arn:aws:s3:::state-bucket-1234567/.pulumi/stacks/bluegreen/dev.json*",
  ]);
  expect(
    statements("dev-state")
      .flatMap(({ Resource = [] }) => Resource)
      .filter((file) => /prod/.test(file)),
  ).toEqual([]);
});

test("the outputs say how the stack begins", () => {
  expect(outputs).toMatchObject({
    backendUrl: "s3://state-bucket-1234567?region=eu-central-1&awssdk=v2",
    environments: {
      prod: {
        secretsProvider: "awskms://prod-secrets-1234567?region=eu-central-1",
        instanceBoundaryArn: "arn:aws:iam::111111111111:policy/bluegreen-pipeline/bluegreen-prod-instances",
      },
    },
  });
});

test("given the account's own identity provider, then none is made", async () => {
  const oidcProviderArn = "arn:aws:iam::111111111111:oidc-provider/theirs";
  const other = await bootstrapped({ environments, oidcProviderArn });
  expect(other.resources.filter(({ type }) => /openIdConnect/i.test(type))).toEqual([]);
  const role = other.resources.find(({ name }) => name === "dev-deploy");
  expect(String(role?.inputs.assumeRolePolicy)).toContain(oidcProviderArn);
});
