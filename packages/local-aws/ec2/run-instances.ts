import { createHash } from "node:crypto";
import type {
  InstanceNetworkInterfaceSpecification,
  ResponseLaunchTemplateData,
  TagSpecification,
} from "@aws-sdk/client-ec2";
import { z } from "zod";
import { reply, type Call, type PassOn, type Reply } from "../call.ts";
import { AwsError } from "@bluegreen/query-protocol";
import { notRehearsed } from "../errors.ts";
import type { Ec2Directory } from "./directory.ts";
import { tagsByKey, type Instances } from "./instances.ts";
import { runInstancesInput } from "./launch-template.ts";

const here = "packages/local-aws/ec2/run-instances.ts";
const text = z.string().min(1);
const flag = z.enum(["true", "false"]).transform((value) => value === "true");

/** RunInstances from a launch template, as far as this cloud knows it. */
const request = z.strictObject({
  LaunchTemplate: z.strictObject({
    LaunchTemplateId: text.optional(),
    LaunchTemplateName: text.optional(),
    Version: text.optional(),
  }),
  MinCount: z.literal("1"),
  MaxCount: z.literal("1"),
  ClientToken: text.max(64).optional(),
  SubnetId: text.optional(),
  SecurityGroupId: z.array(text).optional(),
  IamInstanceProfile: z.strictObject({ Arn: text }).optional(),
  InstanceInitiatedShutdownBehavior: z.enum(["stop", "terminate"]).optional(),
  NetworkInterface: z
    .tuple([
      z.strictObject({
        DeviceIndex: z.literal("0"),
        SubnetId: text,
        SecurityGroupId: z.array(text).min(1),
        AssociatePublicIpAddress: flag.optional(),
        DeleteOnTermination: flag.optional(),
      }),
    ])
    .optional(),
  TagSpecification: z
    .array(
      z.strictObject({
        ResourceType: z.enum(["instance", "volume", "network-interface"]),
        Tag: z.array(z.strictObject({ Key: text.max(128), Value: z.string().max(256).default("") })),
      }),
    )
    .default([]),
});
type Request = z.infer<typeof request>;

function read({ params }: Call): Request {
  const own = Object.entries(params).filter(([name]) => name !== "Action" && name !== "Version");
  const result = request.safeParse(Object.fromEntries(own));
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw notRehearsed(`this RunInstances from a launch template (${faults.join("; ")})`, here);
}

const combination = (message: string): AwsError => new AwsError("InvalidParameterCombination", message);

/** The subnet and the security groups of the launch, by EC2's rules of what may stand beside a network interface. */
function networkOf(
  { SubnetId, SecurityGroupId, NetworkInterface }: Pick<Request, "SubnetId" | "SecurityGroupId" | "NetworkInterface">,
  template: ResponseLaunchTemplateData,
): { subnetId: string; interfaces: InstanceNetworkInterfaceSpecification[] } {
  const [own] = NetworkInterface ?? [];
  const has = own !== undefined || (template.NetworkInterfaces ?? []).length > 0;
  if (has && SubnetId !== undefined) {
    throw combination("Network interfaces and an instance-level subnet ID may not be specified on the same request");
  }
  if (has && SecurityGroupId !== undefined) {
    throw combination(
      "Network interfaces and an instance-level security groups may not be specified on the same request",
    );
  }
  const interfaces = own
    ? [{ DeviceIndex: 0, SubnetId: own.SubnetId, Groups: own.SecurityGroupId }]
    : (template.NetworkInterfaces ?? []);
  const subnetId = SubnetId ?? interfaces.find(({ DeviceIndex = 0 }) => DeviceIndex === 0)?.SubnetId;
  if (subnetId === undefined) throw notRehearsed("a launch without a subnet, in the account's default VPC", here);
  return { subnetId, interfaces };
}

/** Tags of the request; EC2 keeps some names for itself. */
function tagsOf({ TagSpecification }: Request): TagSpecification[] {
  for (const { Key } of TagSpecification.flatMap(({ Tag }) => Tag)) {
    if (!Key.toLowerCase().startsWith("aws:")) continue;
    const message = `Tag keys starting with 'aws:' are reserved for internal use: ${Key}`;
    throw new AwsError("InvalidParameterValue", message);
  }
  return TagSpecification.map(({ ResourceType, Tag }) => ({ ResourceType, Tags: Tag }));
}

/** RunInstances from a launch template: an instance outside of any group. moto merges only part of a template. */
export class TemplateLaunches {
  /** What was launched with each client token, and by which request. */
  private readonly byToken = new Map<string, { request: string; id: Promise<string> }>();

  private readonly args: { ec2: Ec2Directory; instances: Instances };

  constructor(args: { ec2: Ec2Directory; instances: Instances }) {
    this.args = args;
  }

  async answer(call: Call, passOn: PassOn): Promise<Reply> {
    const request = read(call);
    const id = await this.once(request);
    const described = await passOn(
      new URLSearchParams({ Action: "DescribeInstances", Version: "2016-11-15", "InstanceId.1": id }).toString(),
    );
    // A reservation of the description is what a launch answers.
    const reservation = /<reservationSet>\s*<item>([\s\S]*)<\/item>\s*<\/reservationSet>/.exec(described.body)?.[1];
    if (reservation === undefined) throw new Error(`${id} was launched and is not described: ${described.body}`);
    const xmlns = "http://ec2.amazonaws.com/doc/2016-11-15/";
    return reply(`<RunInstancesResponse xmlns="${xmlns}">${reservation}</RunInstancesResponse>`);
  }

  private once(request: Request): Promise<string> {
    const token = request.ClientToken;
    if (token === undefined) return this.launch(request);
    const content = createHash("sha256").update(JSON.stringify(request)).digest("hex");
    const before = this.byToken.get(token);
    if (before && before.request !== content) {
      throw new AwsError(
        "IdempotentParameterMismatch",
        "Arguments on this idempotent request are inconsistent with arguments used in previous request(s).",
      );
    }
    if (before) return before.id;
    const id = this.launch(request);
    this.byToken.set(token, { request: content, id });
    id.catch(() => this.byToken.delete(token));
    return id;
  }

  private async launch(request: Request): Promise<string> {
    const { ec2, instances } = this.args;
    const version = await ec2.templateVersion(request.LaunchTemplate).catch((error: Error) => {
      throw new AwsError(
        error.name === "Error" ? "InvalidLaunchTemplateId.VersionNotFound" : error.name,
        error.message,
      );
    });
    const data = version.LaunchTemplateData ?? {};
    const image = data.ImageId ? await ec2.image(data.ImageId) : undefined;
    if (!image) throw new AwsError("InvalidAMIID.NotFound", `The image id '[${data.ImageId}]' does not exist`);
    const { subnetId, interfaces } = networkOf(request, data);
    const [subnet] = await ec2.subnets([subnetId]);
    if (!subnet) throw new AwsError("InvalidSubnetID.NotFound", `The subnet ID '${subnetId}' does not exist`);
    const groups = interfaces.flatMap(({ Groups = [] }) => Groups);
    for (const [group, vpcId] of await ec2.securityGroups(groups)) {
      if (vpcId === subnet.vpcId) continue;
      const message = `Security group ${group} and subnet ${subnetId} belong to different networks.`;
      throw new AwsError("InvalidParameter", message);
    }
    const tags = [
      { Key: "aws:ec2launchtemplate:id", Value: version.LaunchTemplateId ?? "" },
      { Key: "aws:ec2launchtemplate:version", Value: String(version.VersionNumber) },
    ];
    const TagSpecifications = [...(data.TagSpecifications ?? []), ...tagsOf(request)];
    const started = await ec2.run({
      ...runInstancesInput(
        {
          ...data,
          // The request's stands for the template's.
          IamInstanceProfile: request.IamInstanceProfile ?? data.IamInstanceProfile,
          NetworkInterfaces: interfaces,
          TagSpecifications,
        },
        { subnetId, tags },
      ),
      InstanceInitiatedShutdownBehavior: request.InstanceInitiatedShutdownBehavior,
    });
    const id = started.InstanceId ?? "";
    await instances.start({
      id,
      imageId: data.ImageId ?? "",
      privateIp: started.PrivateIpAddress ?? "",
      userData: data.UserData,
      imageTags: tagsByKey(image),
    });
    return id;
  }
}
