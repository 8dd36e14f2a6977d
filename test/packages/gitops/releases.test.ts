import { type Releases, withRelease } from "../../../packages/gitops/releases.ts";
import { services } from "../../../packages/gitops/services.ts";

const digest = (sign: string) => `sha256:${sign.repeat(64)}`;
const all = (version: string, sign: string) =>
  Object.fromEntries(services.map(({ name }) => [name, { version, digest: digest(sign) }]));
const before: Releases = { dev: all("v2.0.0", "2"), staging: all("v1.0.0", "1"), prod: all("v1.0.0", "1") };

const wanted = { service: "user-service", environment: "staging", version: "v2.0.0", digest: digest("2") };

test("given what dev has, then staging takes it, and everything else stays", () => {
  const after = withRelease(before, wanted);
  expect(after.staging["user-service"]).toEqual({ version: "v2.0.0", digest: digest("2") });
  expect({ ...after, staging: { ...after.staging, "user-service": before.staging["user-service"] } }).toEqual(before);
});

test("given dev, then it takes any image", () =>
  expect(
    withRelease(before, { ...wanted, environment: "dev", version: "v3.0.0", digest: digest("3") }).dev["user-service"]
      .version,
  ).toBe("v3.0.0"));

test.each<[string, Partial<typeof wanted>, RegExp]>([
  ["prod skips staging", { environment: "prod" }, /^staging has user-service v1\.0\.0 .* prod takes nothing else/],
  ["another image calls itself the same version", { digest: digest("f") }, /^dev has user-service v2\.0\.0/],
  ["a tag that moves", { version: "latest" }, /version: vX\.Y\.Z/],
  ["a digest that is cut short", { digest: "sha256:2" }, /digest: sha256: and 64/],
  ["a service that nobody knows", { service: "billing" }, /service is billing; allowed: api-gateway, /],
  ["an environment that nobody knows", { environment: "qa" }, /environment is qa; allowed: dev, staging, prod/],
])("fails where %s", (_, change, message) =>
  expect(() => withRelease(before, { ...wanted, ...change })).toThrow(message),
);
