import os from "node:os";
import { rehearsalEnvironment } from "../../../rehearsal/engine/environment.ts";

it("lets nothing of the caller's AWS and Pulumi set-up in", () => {
  const caller = { PATH: "/bin", AWS_PROFILE: "prod", AWS_ENDPOINT_URL: "https://aws", PULUMI_BACKEND_URL: "s3://x" };
  const env = rehearsalEnvironment(caller, "/w", { AWS_ENDPOINT_URL: "http://127.0.0.1:1", AWS_REGION: "eu-west-1" });
  expect(env).toMatchObject({
    PATH: "/bin",
    AWS_ENDPOINT_URL: "http://127.0.0.1:1",
    AWS_REGION: "eu-west-1",
    AWS_CONFIG_FILE: os.devNull,
    AWS_SHARED_CREDENTIALS_FILE: os.devNull,
    PULUMI_BACKEND_URL: "file:///w/state?metadata=skip",
    PULUMI_HOME: "/w/home",
  });
  expect(env).not.toHaveProperty("AWS_PROFILE");
});

test.each([
  [{ PULUMI_DEBUG_PROVIDERS: "aws:4711" }, "true"],
  [{}, undefined],
])("with %j, plugins are not downloaded: %s", (extra, expected) => {
  expect(rehearsalEnvironment({}, "/w", extra).PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION).toBe(expected);
});
