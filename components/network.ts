import * as aws from "@pulumi/aws";
// Not the whole of awsx, which takes longer to load than all of this program.
import { Vpc } from "@pulumi/awsx/ec2/vpc.js";
import * as pulumi from "@pulumi/pulumi";

export interface NetworkArgs {
  /** An existing VPC, with its subnets; undefined: a new VPC is made. */
  vpcId?: string;
  publicSubnetIds: string[];
  privateSubnetIds: string[];
  vpcCidr: string;
  /** Zones of a new VPC, by name: with a count alone a new zone of the region could shift the layout. */
  availabilityZoneNames: string[];
  natGateways: "none" | "single" | "one-per-az";
  tags: Record<string, string>;
}

const natStrategy = {
  none: "None",
  single: "Single",
  "one-per-az": "OnePerAz",
} as const;

/**
 * Public subnets for the load balancer and private ones for the fleets, over two or three zones: a new VPC, or one that
 * exists. A new VPC costs nothing but its NAT gateways (about 33 USD a month each, and traffic).
 */
export class Network extends pulumi.ComponentResource {
  readonly vpcId: pulumi.Output<string>;
  readonly publicSubnetIds: pulumi.Output<string[]>;
  /** Of a new VPC: one in each of its zones, in their order (pulumi-awsx, awsx/ec2/vpc.ts). */
  readonly privateSubnetIds: pulumi.Output<string[]>;
  /** Route tables of the private subnets; empty for an existing VPC, whose routes are its owner's. */
  readonly privateRouteTableIds: pulumi.Output<string[]>;

  constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("bluegreen:index:Network", name, {}, opts);
    if (args.vpcId) {
      this.vpcId = pulumi.output(args.vpcId);
      this.publicSubnetIds = pulumi.output(args.publicSubnetIds);
      this.privateSubnetIds = pulumi.output(args.privateSubnetIds);
      this.privateRouteTableIds = pulumi.output([]);
    } else {
      const vpc = new Vpc(
        `${name}-vpc`,
        {
          cidrBlock: args.vpcCidr,
          availabilityZoneNames: args.availabilityZoneNames,
          subnetStrategy: "Auto",
          natGateways: { strategy: natStrategy[args.natGateways] },
          enableDnsHostnames: true,
          enableDnsSupport: true,
          tags: args.tags,
        },
        { parent: this },
      );
      this.vpcId = vpc.vpcId;
      // AWS makes each VPC with a group that lets its members talk to each other and to all the world, and gives it to whatever
      // names none; adopted without rules, it lets nothing through.
      new aws.ec2.DefaultSecurityGroup(`${name}-default`, { vpcId: vpc.vpcId, tags: args.tags }, { parent: this });
      this.publicSubnetIds = vpc.publicSubnetIds;
      this.privateSubnetIds = vpc.privateSubnetIds;
      this.privateRouteTableIds = privateRouteTableIds(vpc);
    }
    this.registerOutputs({
      vpcId: this.vpcId,
      publicSubnetIds: this.publicSubnetIds,
      privateSubnetIds: this.privateSubnetIds,
    });
  }
}

function privateRouteTableIds(vpc: Vpc): pulumi.Output<string[]> {
  return pulumi
    .all([vpc.privateSubnetIds, vpc.routeTableAssociations])
    .apply(([subnetIds, associations]) =>
      pulumi
        .all(
          associations.map(({ subnetId, routeTableId }: aws.ec2.RouteTableAssociation) =>
            pulumi.all([subnetId, routeTableId]),
          ),
        )
        .apply((pairs) =>
          pairs
            .filter(([subnetId]) => subnetId && subnetIds.includes(subnetId))
            .map(([, routeTableId]) => routeTableId),
        ),
    );
}
