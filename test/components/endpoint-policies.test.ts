import { anonymousPrincipal, runSimulation, type Simulation } from "@cloud-copilot/iam-simulate";
import { interfaceEndpointPolicy, s3EndpointPolicy, type EndpointScope } from "../../components/endpoint-policies.ts";

const own = "111111111111";
const attacker = "666666666666";
const scope: EndpointScope = { accountId: own, partition: "aws", region: "eu-central-1", trustedAccounts: [] };

/** The policy that an endpoint has where none is given (VPC's user guide, "Default endpoint policy"). */
const fullAccess = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: "*", Action: "*", Resource: "*" }],
});

interface Asked {
  /** Whose keys sign the request; undefined: nobody's do. */
  readonly keysOf: string | undefined;
  readonly action: string;
  readonly resource: string;
  /** Account that the resource is in. */
  readonly ownedBy: string;
}

/** Whether IAM's evaluation lets a request through an endpoint, when everything else allows it: role, and bucket's policy. */
async function passes(policy: string, { keysOf, action, resource, ownedBy }: Asked): Promise<boolean> {
  const principal = keysOf === undefined ? anonymousPrincipal : `arn:aws:sts::${keysOf}:assumed-role/instances/i-1`;
  const all = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };
  const openBucket = { Version: "2012-10-17", Statement: [{ ...all.Statement[0], Principal: "*" }] };
  const contextVariables: Record<string, string> = { "aws:ResourceAccount": ownedBy };
  if (keysOf !== undefined) contextVariables["aws:PrincipalAccount"] = keysOf;
  const simulation: Simulation = {
    request: {
      principal,
      action,
      resource: { resource, accountId: ownedBy },
      contextVariables,
    },
    identityPolicies: keysOf === undefined ? [] : [{ name: "all", policy: all }],
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    resourcePolicy: openBucket,
    vpcEndpointPolicies: [{ name: "endpoint", policy: JSON.parse(policy) as object }],
  };
  const answer = await runSimulation(simulation, {});
  if (answer.resultType !== "single") throw new Error(JSON.stringify(answer));
  return answer.overallResult === "Allowed";
}

const object = (bucket: string) => `arn:aws:s3:::${bucket}/object`;
const s3 = (action: string, bucket: string, keysOf: string | undefined, ownedBy: string): Asked => ({
  keysOf,
  ownedBy,
  action: `s3:${action}`,
  resource: object(bucket),
});

/** What a compromised instance does to carry data away. */
const attacks: [what: string, asked: Asked][] = [
  ["writes to an attacker's bucket", s3("PutObject", "loot", own, attacker)],
  ["writes to an attacker's bucket with the attacker's keys", s3("PutObject", "loot", attacker, attacker)],
  ["writes to a bucket of the account with an attacker's keys", s3("PutObject", "ours", attacker, own)],
  [
    "writes to a bucket of AWS's that it may read",
    s3("PutObject", "al2023-repos-eu-central-1-de612dc2", attacker, "555555555555"),
  ],
  ["fetches tools from an attacker's bucket", s3("GetObject", "loot", own, attacker)],
];

test.each(attacks)("given an instance that %s, then S3's endpoint lets it not through", async (_, asked) => {
  expect(await passes(fullAccess, asked)).toBe(true);
  expect(await passes(s3EndpointPolicy(scope), asked)).toBe(false);
});

test.each([
  ["its own account's bucket", s3("PutObject", "ours", own, own)],
  ["Amazon Linux's packages", s3("GetObject", "al2023-repos-eu-central-1-de612dc2", undefined, "555555555555")],
  ["a document of Systems Manager's", s3("GetObject", "aws-ssm-eu-central-1", own, "555555555555")],
])("given an instance that uses %s, then S3's endpoint lets it through", async (_, asked) => {
  expect(await passes(s3EndpointPolicy(scope), asked)).toBe(true);
});

test("given a trusted account, then its buckets are within reach, and an attacker's are not", async () => {
  const policy = s3EndpointPolicy({ ...scope, trustedAccounts: ["222222222222"] });
  expect(await passes(policy, s3("PutObject", "lake", own, "222222222222"))).toBe(true);
  expect(await passes(policy, s3("PutObject", "loot", own, attacker))).toBe(false);
});

test.each([
  ["ssm:PutParameter", "arn:aws:ssm:eu-central-1:666666666666:parameter/loot"],
  ["logs:PutLogEvents", "arn:aws:logs:eu-central-1:666666666666:log-group:loot:log-stream:all"],
])(
  "given an instance that calls %s with an attacker's keys, then no endpoint lets it through",
  async (action, resource) => {
    const asked = { keysOf: attacker, action, resource, ownedBy: attacker };
    expect(await passes(fullAccess, asked)).toBe(true);
    expect(await passes(interfaceEndpointPolicy(scope), asked)).toBe(false);
    const ours = resource.replaceAll(attacker, own);
    expect(await passes(interfaceEndpointPolicy(scope), { keysOf: own, action, resource: ours, ownedBy: own })).toBe(
      true,
    );
  },
);
