import {
  CreateTagsCommand,
  DescribeImagesCommand,
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  DescribeInstanceTypeOfferingsCommand,
  DescribeInternetGatewaysCommand,
  DescribeKeyPairsCommand,
  DescribeLaunchTemplatesCommand,
  DescribeLaunchTemplateVersionsCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
  type EC2Client,
  type Image,
  type Instance,
  type LaunchTemplateVersion,
  type RunInstancesCommandInput,
} from "@aws-sdk/client-ec2";
import { AwsError } from "@bluegreen/query-protocol";

/** A subnet, as far as placing instances and load balancers needs it. */
export interface Subnet {
  id: string;
  vpcId: string;
  zone: string;
  /** IPv4 addresses that nobody has. */
  freeAddresses: number;
}

/** Names a launch template by id or by name, and a version: a number, `$Latest` or `$Default` (the default). */
export interface TemplateSpecification {
  LaunchTemplateId?: string;
  LaunchTemplateName?: string;
  Version?: string;
}

/** EC2 as the rest of the cloud asks it: what exists, and instances to start and end. */
export interface Ec2Directory {
  /** The subnets among `ids` that exist. */
  subnets(ids: string[]): Promise<Subnet[]>;
  /** VPC of each security group among `ids` that exists. */
  securityGroups(ids: string[]): Promise<Map<string, string>>;
  hasInternetGateway(vpcId: string): Promise<boolean>;
  /** The image, undefined when it isn't known or was deregistered. */
  image(id: string): Promise<Image | undefined>;
  /** The template's version; EC2's own error when there is none. */
  templateVersion(specification: TemplateSpecification): Promise<LaunchTemplateVersion>;
  run(input: RunInstancesCommandInput): Promise<Instance>;
  /** The instance, undefined when it isn't known. */
  instance(id: string): Promise<Instance | undefined>;
  /** An instance's user data, in base64; undefined when it was launched without. */
  userData(instanceId: string): Promise<string | undefined>;
  /** The instance that has a private address now; undefined when none has it. */
  living(privateIp: string): Promise<Instance | undefined>;
  /** A key pair's public key, as OpenSSH writes it. */
  publicKey(name: string): Promise<string | undefined>;
  tag(id: string, tags: Record<string, string>): Promise<void>;
  terminate(id: string): Promise<void>;
}

/** EC2 as moto keeps it. */
export class MotoEc2 implements Ec2Directory {
  private readonly ec2: EC2Client;
  /** Zones that offer an instance type, by the type: moto's list, which is AWS's own and stays. */
  private readonly offers = new Map<string, Promise<string[]>>();

  constructor(ec2: EC2Client) {
    this.ec2 = ec2;
  }

  async subnets(ids: string[]): Promise<Subnet[]> {
    const Filters = [{ Name: "subnet-id", Values: ids }];
    const { Subnets = [] } = await this.ec2.send(new DescribeSubnetsCommand({ Filters }));
    const found = new Map(Subnets.map((subnet) => [subnet.SubnetId, subnet]));
    return ids.flatMap((id) => {
      const subnet = found.get(id);
      if (!subnet) return [];
      const { VpcId: vpcId = "", AvailabilityZone: zone = "", AvailableIpAddressCount: freeAddresses = 0 } = subnet;
      return [{ id, vpcId, zone, freeAddresses }];
    });
  }

  async securityGroups(ids: string[]): Promise<Map<string, string>> {
    const Filters = [{ Name: "group-id", Values: ids }];
    const { SecurityGroups = [] } = await this.ec2.send(new DescribeSecurityGroupsCommand({ Filters }));
    return new Map(SecurityGroups.map((group) => [group.GroupId ?? "", group.VpcId ?? ""]));
  }

  async hasInternetGateway(vpcId: string): Promise<boolean> {
    const Filters = [{ Name: "attachment.vpc-id", Values: [vpcId] }];
    const { InternetGateways = [] } = await this.ec2.send(new DescribeInternetGatewaysCommand({ Filters }));
    return InternetGateways.length > 0;
  }

  async image(id: string): Promise<Image | undefined> {
    // By filter: asked by id, moto errs for an unknown image and stays silent for a deregistered one.
    const Filters = [{ Name: "image-id", Values: [id] }];
    const { Images = [] } = await this.ec2.send(new DescribeImagesCommand({ Filters }));
    return Images[0];
  }

  async templateVersion(specification: TemplateSpecification): Promise<LaunchTemplateVersion> {
    const { LaunchTemplateId, LaunchTemplateName, Version = "$Default" } = specification;
    const which = LaunchTemplateId ? { LaunchTemplateId } : { LaunchTemplateName };
    const answer = await this.ec2.send(new DescribeLaunchTemplateVersionsCommand({ ...which, Versions: [Version] }));
    const version = answer.LaunchTemplateVersions?.[0];
    if (version) {
      return version;
    }
    // Says that the template doesn't exist, where that is the reason.
    await this.ec2.send(
      new DescribeLaunchTemplatesCommand(
        LaunchTemplateId
          ? { LaunchTemplateIds: [LaunchTemplateId] }
          : { LaunchTemplateNames: [LaunchTemplateName ?? ""] },
      ),
    );
    const name = LaunchTemplateId ? `ID ${LaunchTemplateId}` : `name ${LaunchTemplateName}`;
    throw new Error(`Could not find the specified version ${Version} for the launch template with ${name}.`);
  }

  async run(input: RunInstancesCommandInput): Promise<Instance> {
    await this.requireOffer(input);
    const { Instances = [] } = await this.ec2.send(new RunInstancesCommand(input));
    if (!Instances[0]) {
      throw new Error("RunInstances gave no instance");
    }
    return Instances[0];
  }

  async instance(id: string): Promise<Instance | undefined> {
    const Filters = [{ Name: "instance-id", Values: [id] }];
    const { Reservations = [] } = await this.ec2.send(new DescribeInstancesCommand({ Filters }));
    return Reservations[0]?.Instances?.[0];
  }

  async userData(instanceId: string): Promise<string | undefined> {
    const attribute = new DescribeInstanceAttributeCommand({ InstanceId: instanceId, Attribute: "userData" });
    return (await this.ec2.send(attribute)).UserData?.Value;
  }

  async living(privateIp: string): Promise<Instance | undefined> {
    const Filters = [
      { Name: "private-ip-address", Values: [privateIp] },
      { Name: "instance-state-name", Values: ["pending", "running"] },
    ];
    const { Reservations = [] } = await this.ec2.send(new DescribeInstancesCommand({ Filters }));
    return Reservations[0]?.Instances?.[0];
  }

  async publicKey(name: string): Promise<string | undefined> {
    const { KeyPairs = [] } = await this.ec2.send(
      new DescribeKeyPairsCommand({ KeyNames: [name], IncludePublicKey: true }),
    );
    return KeyPairs[0]?.PublicKey;
  }

  async tag(id: string, tags: Record<string, string>): Promise<void> {
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    await this.ec2.send(new CreateTagsCommand({ Resources: [id], Tags }));
  }

  async terminate(id: string): Promise<void> {
    await this.ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
  }

  /** moto launches every type in every zone; EC2 refuses one that the zone lacks. */
  private async requireOffer({ InstanceType, SubnetId }: RunInstancesCommandInput): Promise<void> {
    if (InstanceType === undefined || SubnetId === undefined) return;
    const offering = this.offers.get(InstanceType) ?? this.zonesOffering(InstanceType);
    this.offers.set(InstanceType, offering);
    const [zones, [subnet]] = await Promise.all([offering, this.subnets([SubnetId])]);
    if (!subnet || zones.length === 0 || zones.includes(subnet.zone)) return;
    throw new AwsError(
      "Unsupported",
      `Your requested instance type (${InstanceType}) is not supported in your requested Availability Zone (${subnet.zone}). ` +
        `Please retry your request by not specifying an Availability Zone or choosing ${zones.join(", ")}.`,
    );
  }

  private async zonesOffering(type: string): Promise<string[]> {
    const asked = new DescribeInstanceTypeOfferingsCommand({
      LocationType: "availability-zone",
      Filters: [{ Name: "instance-type", Values: [type] }],
    });
    const { InstanceTypeOfferings = [] } = await this.ec2.send(asked);
    return InstanceTypeOfferings.map(({ Location = "" }) => Location).sort();
  }
}
