import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Registered } from "../program.ts";
import { authorizations } from "../../bootstrap/rights/authorization.ts";
import { authorizationsOf } from "../../rehearsal/rights/authorizations.ts";
import { bootstrapped, environments } from "../bootstrap/bootstrap-program.ts";
import { findAwsLinters } from "../../tools/aws-linters.ts";
import { variants } from "./variants.ts";

jest.setTimeout(300_000);

const root = path.join(import.meta.dirname, "../..");

/** Findings that stay: what and where, and why. */
const accepted: { finding: RegExp; where: RegExp; reason: string }[] = [
  {
    finding: /^RESOURCE_STAR/,
    where: / endpoints-s3 policy$/,
    reason:
      "an endpoint's policy gives no right: its condition says whose buckets are within reach, whatever they are called",
  },
  { finding: /^RESOURCE_STAR/, where: /assumeRolePolicy$/, reason: "the resource is this test's own: see documentsOf" },
  {
    finding: /^RESOURCE_STAR/,
    where: /-key policy$/,
    reason: "in a key's own policy * is that key (KMS's developer guide, key policies)",
  },
  {
    finding: /^RESOURCE_MISMATCH .*"logs:DescribeLogGroups"/,
    where: / instances-(blue|green|jobs)-\S+ policy$/,
    reason:
      "AWS's reference has no resource for it, but AWS asks for the right on log-group::log-stream: of the region and the " +
      "account (hashicorp/terraform-provider-aws#8804), which log-group:* covers",
  },
];

type Statement = { Sid?: string; Effect: string; Action: string | string[]; Resource?: unknown };
type Document = { Version: string; Statement: Statement[] };

let python: string;
beforeAll(async () => void (python = await findAwsLinters(() => undefined)));

function lint(documents: Record<string, Document>): Record<string, string[]> {
  const args = [path.join(import.meta.dirname, "policies.py")];
  return JSON.parse(execFileSync(python, args, { input: JSON.stringify(documents), encoding: "utf8" })) as never;
}

const properties = ["assumeRolePolicy", "policy"];

/** Documents of a resource. Who may take a role needs no resource; the linter wants one in each statement. */
function documentsOf({ name, inputs }: Registered): [string, Document][] {
  return properties
    .filter((property) => inputs[property] !== undefined)
    .map((property) => {
      const document = JSON.parse(String(inputs[property])) as Document;
      const Statement = document.Statement.map((statement) =>
        property === "assumeRolePolicy" ? Object.assign({ Resource: "*" }, statement) : statement,
      );
      return [`${name} ${property}`, { Version: document.Version, Statement }];
    });
}

test("given the policies of every kind of stack, then each action exists, and each condition key and resource belongs to it", async () => {
  const runs = Object.entries(await variants());
  const documents = Object.fromEntries(
    runs.flatMap(([variant, run]) =>
      run.resources.flatMap((resource) =>
        documentsOf(resource).map(([name, document]) => [`${variant}: ${name}`, document]),
      ),
    ),
  ) as Record<string, Document>;
  const kinds = new Set(Object.keys(documents).map((name) => name.replace(/.* (?=assume|policy)/, "")));
  expect([kinds, Object.keys(documents).length >= 6 * runs.length]).toEqual([new Set(properties), true]);
  const used = new Set<object>();
  const open = Object.entries(lint(documents)).flatMap(([where, findings]) =>
    findings
      .filter((finding) => {
        const fits = accepted.filter((one) => one.finding.test(finding) && one.where.test(where));
        fits.forEach((one) => used.add(one));
        return fits.length === 0;
      })
      .map((finding) => `${where}: ${finding}`),
  );
  expect(open).toEqual([]);
  expect(accepted.filter((one) => !used.has(one))).toEqual([]);
});

/** Findings on the pipeline's roles that stay. */
const acceptedOfBootstrap: { finding: RegExp; where: RegExp; reason: string }[] = [
  {
    finding: /^RESOURCE_STAR/,
    where: /-secrets policy$/,
    reason: "in a key's own policy * is that key (KMS's developer guide, key policies)",
  },
  {
    finding: /^RESOURCE_STAR/,
    where: /^(dev|prod)-(boundary|instances) policy$/,
    reason: "a boundary gives nothing by itself: it is the most that other policies may give",
  },
  {
    finding: /^RESOURCE_MISMATCH/,
    where: /-(deploy|destroy|rollback)-\d policy$/,
    reason:
      "an action on several kinds of resources has a statement for each, with the condition that fits it: the linter looks at one " +
      "statement for all of them",
  },
  {
    finding: /^MISMATCHED_TYPE_BUT_USABLE .*String(Not)?Equals requires a value of type String but given Arn/,
    where: /-(boundary|deploy-\d) policy$/,
    reason: "IAM's user guide compares iam:PermissionsBoundary by StringEquals",
  },
  {
    finding: /^RESOURCE_POLICY_PRIVILEGE_ESCALATION .*access-logs-bucket-/,
    where: /-(deploy|destroy)-\d policy$/,
    reason:
      "who makes or removes the bucket of access logs writes its policies; the page on rights says that its name alone tells it apart",
  },
  {
    finding: /^UNKNOWN_FEDERATION_SOURCE .*:oidc-provider\/token\.actions\.githubusercontent\.com/,
    where: /assumeRolePolicy$/,
    reason: "the linter knows three issuers by name; this one is GitHub's (IAM's user guide, OIDC federation)",
  },
  {
    finding: /^UNKNOWN_CONDITION_FOR_ACTION .*token\.actions\.githubusercontent\.com:(aud|sub)/,
    where: /assumeRolePolicy$/,
    reason: "keys of a federated issuer's claims are named after the issuer (IAM's user guide, OIDC federation keys)",
  },
];

test("given the roles, keys and bucket that come before the stack, then each action exists, and each resource belongs to it", async () => {
  const { resources } = await bootstrapped({ environments });
  const documents = Object.fromEntries(
    resources.flatMap(({ name, inputs }) => documentsOf({ name, inputs } as unknown as Registered)),
  ) as Record<string, Document>;
  expect(Object.keys(documents).length > 15).toBe(true);
  const used = new Set<object>();
  const open = Object.entries(lint(documents)).flatMap(([where, findings]) =>
    findings
      .filter((finding) => {
        const fits = [...accepted, ...acceptedOfBootstrap].filter(
          (one) => one.finding.test(finding) && one.where.test(where),
        );
        fits.forEach((one) => used.add(one));
        return fits.length === 0;
      })
      .map((finding) => `${where}: ${finding}`),
  );
  expect(open).toEqual([]);
  expect(acceptedOfBootstrap.filter((one) => !used.has(one))).toEqual([]);
});

test("what is written down of AWS's reference is what it says", () => {
  expect(authorizationsOf(Object.keys(authorizations), python)).toEqual(authorizations);
});

/** Actions that a text names; one without its service is of the service that the paragraph named before it. */
function actionsIn(text: string): string[] {
  return text.split(/\n\s*\n/).flatMap((paragraph) => {
    let service: string | undefined;
    return [...paragraph.matchAll(/`(?:([a-z0-9-]+):)?([A-Z][A-Za-z]+)`/g)].flatMap(([, named, action]) => {
      service = named ?? service;
      return service === undefined ? [] : [`${service}:${action}`];
    });
  });
}

/** Rights that messages of the code name: `"ec2:DescribeInstances"`. Keys of tags and conditions look alike. */
const rightsIn = (code: string) =>
  [...code.matchAll(/"((?!tag:|aws:)[a-z0-9-]+:[A-Z][A-Za-z]+)"(?!:)/g)].map(([, action]) => action);

const files = (folder: string, ending: string) =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(ending) && !file.includes("node_modules"))
    .map((file) => readFileSync(path.join(root, folder, file), "utf8"));

test("given the actions that documents and messages name, then each exists", () => {
  const inDocs = [...files("docs", ".md"), readFileSync(path.join(root, "README.md"), "utf8")].flatMap(actionsIn);
  const inCode = ["aws", "cli", "components", "images"].flatMap((folder) => files(folder, ".ts")).flatMap(rightsIn);
  expect([inDocs.length > 15, inCode.length > 15]).toEqual([true, true]);
  const documents = Object.fromEntries(
    [...inDocs, ...inCode].map((Action) => [
      Action,
      { Version: "2012-10-17", Statement: [{ Sid: "One", Effect: "Allow", Action, Resource: "*" }] },
    ]),
  );
  const unknown = Object.entries(lint(documents)).filter(([, findings]) =>
    findings.some((one) => /^UNKNOWN/.test(one)),
  );
  expect(unknown).toEqual([]);
});

test("given an action that there is not, or a key of another one, then the linter says so", () => {
  const statement = { Sid: "One", Effect: "Allow", Resource: "*" };
  const namespace = { Condition: { StringEquals: { "cloudwatch:namespace": "CWAgent" } } };
  const found = lint({
    action: { Version: "2012-10-17", Statement: [{ ...statement, Action: "autoscaling:CompleteLifecycle" }] },
    key: { Version: "2012-10-17", Statement: [{ ...statement, ...namespace, Action: "ec2:DescribeTags" }] },
  });
  expect(found).toEqual({
    action: [expect.stringMatching(/^UNKNOWN_ACTION/)],
    key: [expect.stringMatching(/^UNKNOWN_CONDITION_FOR_ACTION/)],
  });
});
