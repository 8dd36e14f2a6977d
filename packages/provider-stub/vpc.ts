import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { NatStrategy, VpcArgs } from "./vpc-args.ts";
import { type LaidOutSubnet, layOut, resolvedLayout } from "./vpc-layout.ts";

const ANYWHERE = "0.0.0.0/0";

/** awsx's Vpc with its children: the same names, types, parents and tags as awsx/ec2/vpc.ts makes. */
export class Vpc extends pulumi.ComponentResource {
  readonly vpc: aws.ec2.Vpc;
  readonly internetGateway: aws.ec2.InternetGateway;
  readonly subnetLayout: { type: string; cidrMask: number }[];
  readonly subnets: aws.ec2.Subnet[] = [];
  readonly publicSubnets: aws.ec2.Subnet[] = [];
  readonly privateSubnets: aws.ec2.Subnet[] = [];
  readonly isolatedSubnets: aws.ec2.Subnet[] = [];
  readonly routeTables: aws.ec2.RouteTable[] = [];
  readonly routeTableAssociations: aws.ec2.RouteTableAssociation[] = [];
  readonly routes: aws.ec2.Route[] = [];
  readonly eips: aws.ec2.Eip[] = [];
  readonly natGateways: aws.ec2.NatGateway[] = [];

  constructor(name: string, args: VpcArgs, zones: readonly string[], options: pulumi.ComponentResourceOptions) {
    super("awsx:ec2:Vpc", name, {}, options);
    const layout = layOut(name, args.cidrBlock, zones, args.subnetSpecs, args.availabilityZoneCidrMask);
    const tags = pulumi.output(args.tags).apply((given) => ({ Name: name, ...given }));
    this.subnetLayout = resolvedLayout(layout);
    this.vpc = new aws.ec2.Vpc(name, { ...args.vpc, cidrBlock: args.cidrBlock, tags }, { parent: this });
    const under = { parent: this.vpc, dependsOn: [this.vpc] };
    this.internetGateway = new aws.ec2.InternetGateway(name, { vpcId: this.vpc.id, tags }, under);
    zones.forEach((zone, index) => {
      const inZone = layout.filter((subnet) => subnet.zone === zone);
      for (const subnet of inZone) this.addSubnet(name, subnet, index, args, tags);
    });
    this.registerOutputs(this.outputs());
  }

  /** The component's outputs, by awsx's names. */
  outputs(): pulumi.Inputs {
    const ids = (subnets: aws.ec2.Subnet[]) => subnets.map(({ id }) => id);
    const { vpc, internetGateway, subnetLayout, subnets, publicSubnets, privateSubnets, isolatedSubnets } = this;
    const { routeTables, routeTableAssociations, routes, eips, natGateways } = this;
    return {
      vpc,
      internetGateway,
      subnetLayout,
      subnets,
      publicSubnets,
      privateSubnets,
      isolatedSubnets,
      routeTables,
      routeTableAssociations,
      routes,
      eips,
      natGateways,
      vpcEndpoints: [],
      vpcId: vpc.id,
      publicSubnetIds: ids(publicSubnets),
      privateSubnetIds: ids(privateSubnets),
      isolatedSubnetIds: ids(isolatedSubnets),
    };
  }

  private addSubnet(
    vpcName: string,
    spec: LaidOutSubnet,
    zoneIndex: number,
    args: VpcArgs,
    shared: pulumi.Output<object>,
  ): void {
    const { name, type, zone, cidrBlock } = spec;
    const own = { Name: name, SubnetType: type };
    const vpcId = this.vpc.id;
    const isPublic = type === "Public";
    const subnet = new aws.ec2.Subnet(
      name,
      {
        vpcId,
        availabilityZone: zone,
        mapPublicIpOnLaunch: isPublic,
        cidrBlock,
        assignIpv6AddressOnCreation: false,
        tags: shared.apply((tags) => ({ ...tags, ...spec.tags, ...own })),
      },
      { parent: this.vpc, dependsOn: [this.vpc] },
    );
    this.subnets.push(subnet);
    const { publicSubnets, privateSubnets, isolatedSubnets } = this;
    (isPublic ? publicSubnets : type === "Private" ? privateSubnets : isolatedSubnets).push(subnet);
    const tags = shared.apply((given) => ({ ...given, ...own }));
    const table = new aws.ec2.RouteTable(name, { vpcId, tags }, { parent: subnet, dependsOn: [subnet] });
    this.routeTables.push(table);
    const under = { parent: table, dependsOn: [table] };
    const association = { routeTableId: table.id, subnetId: subnet.id };
    this.routeTableAssociations.push(new aws.ec2.RouteTableAssociation(name, association, under));
    if (isPublic && needsNat(args.natStrategy, this.natGateways.length, zoneIndex)) {
      this.addNatGateway(`${vpcName}-${zoneIndex + 1}`, subnet, args);
    }
    const target = isPublic
      ? { gatewayId: this.internetGateway.id }
      : type === "Private"
        ? this.natRoute(args.natStrategy, zoneIndex)
        : undefined;
    if (target) {
      this.routes.push(
        new aws.ec2.Route(name, { routeTableId: table.id, destinationCidrBlock: ANYWHERE, ...target }, under),
      );
    }
  }

  private addNatGateway(name: string, subnet: aws.ec2.Subnet, args: VpcArgs): void {
    const tags = pulumi.output(args.tags).apply((given) => ({ ...given, Name: name }));
    const under = { parent: subnet, dependsOn: [subnet] };
    const eip = new aws.ec2.Eip(name, { tags }, under);
    this.eips.push(eip);
    const nat = { subnetId: subnet.id, allocationId: eip.allocationId, tags };
    this.natGateways.push(new aws.ec2.NatGateway(name, nat, under));
  }

  private natRoute(strategy: NatStrategy, zoneIndex: number): { natGatewayId: pulumi.Output<string> } | undefined {
    const gateway = this.natGateways[strategy === "Single" ? 0 : zoneIndex];
    return strategy === "None" ? undefined : { natGatewayId: gateway.id };
  }
}

function needsNat(strategy: NatStrategy, made: number, zoneIndex: number): boolean {
  if (strategy === "None") return false;
  return strategy === "Single" ? made < 1 : made < zoneIndex + 1;
}

/** The zones of the arguments, or the region's first ones. */
export async function zonesOf(args: VpcArgs, options: pulumi.InvokeOptions): Promise<readonly string[]> {
  if (args.availabilityZoneNames) return args.availabilityZoneNames;
  const { names } = await aws.getAvailabilityZones({}, options);
  const wanted = args.numberOfAvailabilityZones;
  if (names.length < wanted) {
    throw new Error(
      `awsx:ec2:Vpc: the region has ${names.length} zones, ${wanted} are wanted: give availabilityZoneNames`,
    );
  }
  return names.slice(0, wanted);
}
