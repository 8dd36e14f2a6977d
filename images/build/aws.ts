import { CreateTagsCommand, DescribeImagesCommand, EC2Client, type Image } from "@aws-sdk/client-ec2";
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

  async tag(id: string, tags: Readonly<Record<string, string>>): Promise<void> {
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    await this.ec2.send(new CreateTagsCommand({ Resources: [id], Tags }));
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
