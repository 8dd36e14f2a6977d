import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { interfaceEndpointPolicy, s3EndpointPolicy, type EndpointScope } from "./endpoint-policies.ts";
import { endpointService, offeredIn } from "./endpoint-services.ts";

export interface VpcEndpointsArgs extends EndpointScope {
  reverseDnsPrefix: string;
  vpcId: pulumi.Input<string>;
  /** Private subnets, one in each of the zones, in the same order. */
  subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  availabilityZoneNames: string[];
  routeTableIds: pulumi.Input<pulumi.Input<string>[]>;
  /** The one security group that may use the interface endpoints. */
  clientSecurityGroupId: pulumi.Input<string>;
  /**
   * Whether interface endpoints are needed: true where no NAT gateway leads out. Only then do the endpoints have policies: with one, a
   * machine has the internet, and whatever it reads of other accounts' buckets comes through the gateway endpoint, too.
   */
  interfaces: boolean;
  tags: Record<string, string>;
}

/**
 * What a machine needs that has no way out: its settings and Session Manager, logs, the answer to its launch lifecycle
 * hook, and the CloudWatch agent's metrics, which it sends once EC2 has told it its tags. No `ec2messages`: regions opened
 * since 2024 have none, and the agent needs none from 3.3.40.0 on (Systems Manager, "Reference: ec2messages, ssmmessages").
 */
const interfaceServices = ["ssm", "ssmmessages", "logs", "autoscaling", "monitoring", "ec2"];

/**
 * A gateway endpoint for S3 (free; Amazon Linux's package repositories are behind it), and interface endpoints (about
 * 8 USD a month each and zone) where there is no NAT gateway.
 */
export class VpcEndpoints extends pulumi.ComponentResource {
  /** What must stand before an instance starts: without a NAT gateway it reaches its settings through these alone. */
  readonly reachable: pulumi.Resource[];

  constructor(name: string, args: VpcEndpointsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("bluegreen:index:VpcEndpoints", name, {}, opts);
    const { vpcId, tags } = args;
    const s3 = new aws.ec2.VpcEndpoint(
      `${name}-s3`,
      {
        vpcId,
        serviceName: endpointService("s3", "Gateway", args).serviceName,
        vpcEndpointType: "Gateway",
        routeTableIds: args.routeTableIds,
        policy: args.interfaces ? s3EndpointPolicy(args) : undefined,
        tags,
      },
      { parent: this },
    );
    this.reachable = [s3];
    if (args.interfaces) {
      const securityGroup = new aws.ec2.SecurityGroup(
        `${name}-sg`,
        { vpcId, description: "Interface endpoints: HTTPS from the fleets", tags },
        { parent: this },
      );
      const https = new aws.vpc.SecurityGroupIngressRule(
        `${name}-https`,
        {
          securityGroupId: securityGroup.id,
          referencedSecurityGroupId: args.clientSecurityGroupId,
          ipProtocol: "tcp",
          fromPort: 443,
          toPort: 443,
          description: "HTTPS from the fleets",
          tags,
        },
        { parent: this },
      );
      const interfaces = interfaceServices.map((id) => {
        const { serviceName, availabilityZones } = endpointService(id, "Interface", args);
        const offered = pulumi.all([availabilityZones, args.subnetIds]);
        return new aws.ec2.VpcEndpoint(
          `${name}-${id}`,
          {
            vpcId,
            serviceName,
            vpcEndpointType: "Interface",
            privateDnsEnabled: true,
            subnetIds: offered.apply(([zones, subnetIds]) => offeredIn(id, zones, subnetIds, args)),
            securityGroupIds: [securityGroup.id],
            policy: interfaceEndpointPolicy(args),
            tags,
          },
          { parent: this },
        );
      });
      this.reachable.push(https, ...interfaces);
    }
    this.registerOutputs({});
  }
}
