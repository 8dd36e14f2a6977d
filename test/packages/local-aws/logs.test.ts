import { requireUsableKey } from "../../../packages/local-aws/logs/group-key.ts";
import { Launcher } from "../../../packages/local-aws/autoscaling/launcher.ts";
import type { Group } from "../../../packages/local-aws/autoscaling/model.ts";
import { StackKey } from "../../../components/stack-key.ts";
import { named, register } from "../../program.ts";

const key = "arn:aws:kms:eu-central-1:123456789012:key/1";

/** A key with the policy that the program gives it, changed. */
async function keyWith(change: (policy: string) => string) {
  const resources = await register(() => {
    new StackKey("s", {
      baseName: "bluegreen-dev",
      accountId: "123456789012",
      partition: "aws",
      region: "eu-central-1",
      settingsPath: "/bluegreen/dev",
      protect: false,
      tags: {},
    });
  });
  const Policy = change(String(named(resources, "s-key").inputs.policy));
  const answers: Record<string, object> = {
    DescribeKeyCommand: { KeyMetadata: { KeyId: "1", Arn: key, KeyState: "Enabled" } },
    GetKeyPolicyCommand: { Policy },
  };
  const send = (command: object) => Promise.resolve(answers[command.constructor.name]);
  return { send } as never;
}

const create = (logGroupName: string, kms: never) =>
  requireUsableKey(kms, "eu-central-1", { logGroupName, kmsKeyId: key });

test("given the stack's key, then its log groups may have it, and another stack's may not", async () => {
  const kms = await keyWith((policy) => policy);
  await create("/bluegreen/dev/blue", kms);
  await expect(create("/bluegreen/prod/blue", kms)).rejects.toThrow("is not allowed to be used with LogGroup");
});

/** Launches an instance whose volume has the key; it fails anyway where the launch goes on, since there is no EC2. */
async function launch(kms: never): Promise<string> {
  const BlockDeviceMappings = [{ DeviceName: "/dev/xvda", Ebs: { KmsKeyId: key } }];
  const ec2 = {
    templateVersion: () => Promise.resolve({ LaunchTemplateData: { ImageId: "ami-1", BlockDeviceMappings } }),
    image: () => Promise.resolve({ ImageId: "ami-1" }),
    run: () => Promise.reject(new Error("launched")),
  };
  const group = {
    launchTemplate: { LaunchTemplateId: "lt-1" },
    subnets: [{ zone: "a", id: "s" }],
    members: new Map(),
    tags: [],
  } as unknown as Group;
  const launcher = new Launcher(ec2 as never, {} as never, kms);
  return launcher.launch(group, { zone: "a", spot: false }).then(
    () => "",
    (error: Error) => error.message,
  );
}

test("given the stack's key, then Auto Scaling launches volumes with it", async () => {
  expect(await launch(await keyWith((policy) => policy))).toBe("launched");
});

test.each(["AutoScalingMayEncryptVolumes", "AutoScalingMayAttachVolumes"])(
  "given a key without the statement %s, then a launch ends with AWS's own words",
  async (sid) => {
    const without = (policy: string) => {
      const { Statement, ...document } = JSON.parse(policy) as { Statement: { Sid: string }[] };
      return JSON.stringify({ ...document, Statement: Statement.filter(({ Sid }) => Sid !== sid) });
    };
    expect(await launch(await keyWith(without))).toBe("Client.InternalError: Client error on launch");
  },
);
