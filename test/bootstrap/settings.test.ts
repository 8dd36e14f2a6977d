import { readSettings } from "../../bootstrap/settings.ts";
import { environments } from "./bootstrap-program.ts";

const read = (given: unknown, config: Record<string, string> = {}) =>
  readSettings(given, { get: (name) => config[name] });
const dev = { subject: "repo:acme/shop:ref:refs/heads/main" };

test("given sound settings, then GitHub's issuer and audience are the defaults", () => {
  const { issuer, audience, environments: found } = read(environments);
  expect([issuer, audience]).toEqual(["token.actions.githubusercontent.com", "sts.amazonaws.com"]);
  expect(found.dev).toMatchObject({ mayDestroy: true, hostedZoneIds: [], instancePolicyArns: [] });
});

test("given GitLab's issuer and subject, then they are taken", () => {
  const subject = "project_path:acme/shop:ref_type:branch:ref:main";
  const config = { issuer: "gitlab.com", audience: "https://gitlab.com" };
  expect(read({ dev: { subject } }, config).environments.dev?.subject).toBe(subject);
});

test.each<[string, unknown, Record<string, string>, RegExp]>([
  ["no environment", undefined, {}, /environments is empty/],
  ["no subject", { dev: {} }, {}, /dev\.subject is undefined; allowed: repo:OWNER/],
  ["every branch", { dev: { subject: "repo:acme/shop:*" } }, {}, /dev\.subject .* without wildcards/],
  ["every repository", { dev: { subject: "repo:acme/*:ref:refs/heads/main" } }, {}, /dev\.subject/],
  ["a pull request", { dev: { subject: "repo:acme/shop:pull_request" } }, {}, /dev\.subject/],
  ["GitHub's subject at GitLab", { dev }, { issuer: "gitlab.com", audience: "a" }, /project_path:/],
  ["an issuer without its audience", { dev: { subject: "a" } }, { issuer: "ci.example.com" }, /audience is missing/],
  [
    "one subject for both roles",
    { dev: { ...dev, rollbackSubject: dev.subject } },
    {},
    /rollbackSubject is the deploying/,
  ],
  ["a name that names are cut for", { "production-eu": dev }, {}, /at most 7 of them/],
  ["a name that begins with another's", { dev, "dev-eu": dev }, {}, /dev-eu's begin with dev's own/],
  ["promotion from nowhere", { dev: { ...dev, promoteFrom: "qa" } }, {}, /promoteFrom is "qa"/],
  [
    "an administrator",
    { dev: { ...dev, instancePolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"] } },
    {},
    /hands out/,
  ],
  ["a zone that is none", { dev: { ...dev, hostedZoneIds: ["*"] } }, {}, /hostedZoneIds/],
  ["a setting that there is not", { dev: { ...dev, branch: "main" } }, {}, /dev\.branch is no setting/],
])("fails on %s", (_, given, config, words) => {
  expect(() => read(given, config)).toThrow(words);
});

test("fails with all faults in one message", () => {
  expect(() => read({ dev: { vpcId: 1, mayDestroy: "yes" } })).toThrow(/subject[^]*vpcId[^]*mayDestroy/);
});
