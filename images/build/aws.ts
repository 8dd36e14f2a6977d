import {
  CreateTagsCommand,
  DescribeImagesCommand,
  EC2Client,
  EnableImageDeregistrationProtectionCommand,
  type Image,
} from "@aws-sdk/client-ec2";
import { GetParameterCommand, ParameterNotFound, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";

import { listRevocations } from "../../aws/revocations.ts";
import type { Revocation } from "../../deployment/revocation.ts";

/** Where AWS is and who asks it. What is not given comes from the SDK's own chain. */
export interface ClientOptions {
  readonly region: string;
  /** URL of another AWS. */
  readonly endpoint?: string;
  readonly credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
}

/** Where our own calls go: the same AWS, by the same credentials, as Packer's. */
export function clientOptions(
  region: string,
  given: { endpoint?: string; environment?: NodeJS.ProcessEnv },
): ClientOptions {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = given.environment ?? {};
  const credentials =
    AWS_ACCESS_KEY_ID !== undefined && AWS_SECRET_ACCESS_KEY !== undefined
      ? { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY, sessionToken: AWS_SESSION_TOKEN }
      : undefined;
  return { region, endpoint: given.endpoint, credentials };
}

/** The calls that a bake makes beside Packer's, in one region. */
export class Aws {
  private readonly ec2: EC2Client;
  private readonly ssm: SSMClient;

  constructor(options: ClientOptions) {
    this.ec2 = new EC2Client(options);
    this.ssm = new SSMClient(options);
  }

  /** The image; undefined where there is none of that id, or none that this account may see. */
  async image(id: string): Promise<Image | undefined> {
    try {
      const { Images = [] } = await this.ec2.send(new DescribeImagesCommand({ ImageIds: [id] }));
      return Images[0];
    } catch (error) {
      if (error instanceof Error && /^InvalidAMIID\./.test(error.name)) return undefined;
      throw error;
    }
  }

  /** What was revoked in this account and region. AWS's errors pass through. */
  revocations(): Promise<Revocation[]> {
    return listRevocations(this.ssm, AbortSignal.timeout(10_000));
  }

  async tag(id: string, key: string, value: string): Promise<void> {
    await this.ec2.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: key, Value: value }] }));
  }

  /**
   * Nobody can deregister the image from now on, whatever their rights, before the protection is switched off. Without
   * EC2's cool-down, which would keep an image, and the bill for its snapshots, for 24 hours after that: switching off
   * is a right of its own (ec2:DisableImageDeregistrationProtection), and a bad image must be able to go at once.
   *
   * @throws Error that says which right is missing, where one is
   */
  async protect(id: string): Promise<void> {
    try {
      await this.ec2.send(new EnableImageDeregistrationProtectionCommand({ ImageId: id, WithCooldown: false }));
    } catch (error) {
      if (!(error instanceof Error) || error.name !== "UnauthorizedOperation") throw error;
      throw new Error(
        `${id} can't be protected from being deregistered: ${error.message}\n  Whoever bakes needs ` +
          "ec2:EnableImageDeregistrationProtection; allow it and bake again.",
        { cause: error },
      );
    }
  }

  /** Value of the parameter; undefined where there is none of that name. */
  async parameter(name: string): Promise<string | undefined> {
    try {
      return (await this.ssm.send(new GetParameterCommand({ Name: name }))).Parameter?.Value;
    } catch (error) {
      if (error instanceof ParameterNotFound) return undefined;
      throw error;
    }
  }

  /** Writes a parameter that stands for an image: Parameter Store itself refuses a value that is no image of this account. */
  async putImage(name: string, ami: string, overwrite: boolean): Promise<void> {
    const input = { Name: name, Value: ami, Type: "String", DataType: "aws:ec2:image", Overwrite: overwrite } as const;
    await this.ssm.send(new PutParameterCommand(input));
  }
}
