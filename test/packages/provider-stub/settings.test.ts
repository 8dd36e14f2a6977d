import { endpointOf, readSettings } from "../../../packages/provider-stub/settings.ts";

const env = { AWS_REGION: "eu-central-1", AWS_ACCESS_KEY_ID: "key", AWS_SECRET_ACCESS_KEY: "secret" };
const read = (variables: Record<string, string>, environment: Record<string, string> = env) =>
  readSettings(new Map(Object.entries(variables)), environment);

describe("readSettings", () => {
  it("takes what the config says before the environment", () => {
    const settings = read({ region: "us-east-1", accessKey: "mine", defaultTags: '{"tags":{"Project":"p"}}' });
    expect(settings).toMatchObject({
      region: "us-east-1",
      accessKey: "mine",
      secretKey: "secret",
      defaultTags: { Project: "p" },
    });
  });
  it.each([
    ["a setting that it does not follow", { assumeRoles: "[]" }, env, /aws:assumeRoles: .* does not follow/],
    ["text that is not JSON", { endpoints: "http://127.0.0.1:1" }, env, /aws:endpoints is http.*; give JSON/],
    ["no region", {}, { ...env, AWS_REGION: "" }, /no region/],
    ["no keys", {}, { AWS_REGION: "eu-central-1" }, /no credentials/],
  ])("fails on %s", (_what, variables, environment, message) => {
    expect(() => read(variables, environment)).toThrow(message);
  });
});

describe("endpointOf", () => {
  const at = (url: string) => read({ endpoints: JSON.stringify([{ ec2: url }, { elasticloadbalancingv2: url }]) });
  it.each(["http://127.0.0.1:5000", "http://127.9.9.9:5000", "http://localhost:5000"])("takes %s", (url) => {
    expect(endpointOf(at(url), "ec2")).toBe(url);
    expect(endpointOf(at(url), "elbv2")).toBe(url);
  });
  it.each(["https://ec2.eu-central-1.amazonaws.com", "http://127.0.0.1.example.org", "nonsense"])(
    "fails on %s",
    (url) => {
      expect(() => endpointOf(at(url), "ec2")).toThrow(/only talks to 127\.0\.0\.0\/8/);
    },
  );
  it("fails without one, rather than reach for AWS", () => {
    expect(() => endpointOf(at("http://127.0.0.1:1"), "iam")).toThrow(/no endpoint for iam/);
  });
});
