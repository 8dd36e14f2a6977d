import { Registry } from "../../../packages/gitops/registry/registry.ts";
import { register, type Registered } from "../../program.ts";

const made = () => register(() => void new Registry("registry", { repositories: ["api-gateway", "user-service"] }));
const ofType = (resources: Registered[], type: string) => resources.filter((one) => one.type.endsWith(`:${type}`));

test("each service has a repository of its name, whose tags never move and which scans on push; none goes by a slip", async () => {
  const repositories = ofType(await made(), "Repository");
  expect(repositories.map(({ inputs }) => inputs.name)).toEqual(["api-gateway", "user-service"]);
  for (const { inputs, options } of repositories) {
    expect(inputs).toMatchObject({
      imageTagMutability: "IMMUTABLE",
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfigurations: [{ encryptionType: "KMS" }],
      forceDelete: false,
    });
    expect(options.protect).toBe(true);
  }
});

test("images without a tag go after a week, and no other ever: what runs can always be pulled", async () => {
  const policies = ofType(await made(), "LifecyclePolicy");
  expect(policies).toHaveLength(2);
  for (const { inputs } of policies) {
    const { rules } = JSON.parse(String(inputs.policy)) as { rules: { selection: object; action: object }[] };
    expect(rules).toHaveLength(1);
    expect(rules[0]).toMatchObject({
      selection: { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: 7 },
      action: { type: "expire" },
    });
  }
});

test("signatures are made for containers", async () => {
  const [{ inputs }] = ofType(await made(), "SigningProfile");
  expect(inputs).toMatchObject({ platformId: "Notation-OCI-SHA384-ECDSA" });
});
