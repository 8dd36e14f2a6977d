import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  IAMClient,
  type IAMClientConfig,
} from "@aws-sdk/client-iam";

/** Name of the instance profile, and of its role, that launched instances get: the service reads its settings with it. */
export const profile = "bluegreen-images";

/** Makes the profile in a cloud that does not have it. */
export async function createProfile(config: IAMClientConfig): Promise<void> {
  const iam = new IAMClient(config);
  try {
    const Statement = [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }];
    const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
    await iam.send(new CreateRoleCommand({ RoleName: profile, AssumeRolePolicyDocument }));
    await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: profile }));
    await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: profile, RoleName: profile }));
  } finally {
    iam.destroy();
  }
}
