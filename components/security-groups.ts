import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface SecurityGroupsArgs {
  vpcId: pulumi.Input<string>;
  vpcCidr: string;
  appPort: number;
  /** Ports of the load balancer that the public may reach. */
  publicPorts: number[];
  allowedCidrs: string[];
  previewPort: number;
  previewCidrs: string[];
  /** TCP ports that the fleets may reach inside the VPC. */
  backendPorts: number[];
  tags: Record<string, string>;
}

/**
 * Two security groups: the load balancer's, open to the given ranges alone, and the fleets', whose application port is
 * open to the load balancer alone. Nothing listens on port 22; Session Manager needs no open port.
 */
export class SecurityGroups extends pulumi.ComponentResource {
  readonly loadBalancerSecurityGroupId: pulumi.Output<string>;
  readonly fleetSecurityGroupId: pulumi.Output<string>;

  constructor(name: string, args: SecurityGroupsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("bluegreen:index:Firewall", name, {}, opts);
    const { vpcId, appPort, tags } = args;
    const parent = { parent: this };
    const tcp = (port: number) => ({ ipProtocol: "tcp", fromPort: port, toPort: port, tags });

    const balancer = new aws.ec2.SecurityGroup(
      `${name}-alb`,
      { vpcId, description: "Load balancer: from the allowed ranges, to the fleets", tags },
      parent,
    );
    const fleet = new aws.ec2.SecurityGroup(
      `${name}-fleet`,
      { vpcId, description: "Fleets: from the load balancer alone", tags },
      parent,
    );
    this.loadBalancerSecurityGroupId = balancer.id;
    this.fleetSecurityGroupId = fleet.id;

    const openTo = (part: string, ports: number[], cidrs: string[]) => {
      for (const port of ports) {
        for (const cidrIpv4 of cidrs) {
          new aws.vpc.SecurityGroupIngressRule(
            `${name}-alb-${part}-${port}-${cidrIpv4}`,
            { securityGroupId: balancer.id, cidrIpv4, description: `${part} listener`, ...tcp(port) },
            parent,
          );
        }
      }
    };
    openTo("public", args.publicPorts, args.allowedCidrs);
    openTo("preview", [args.previewPort], args.previewCidrs);

    new aws.vpc.SecurityGroupEgressRule(
      `${name}-alb-to-fleet`,
      {
        securityGroupId: balancer.id,
        referencedSecurityGroupId: fleet.id,
        description: "to the fleets",
        ...tcp(appPort),
      },
      parent,
    );
    new aws.vpc.SecurityGroupIngressRule(
      `${name}-fleet-from-alb`,
      {
        securityGroupId: fleet.id,
        referencedSecurityGroupId: balancer.id,
        description: "from the load balancer",
        ...tcp(appPort),
      },
      parent,
    );
    new aws.vpc.SecurityGroupEgressRule(
      `${name}-fleet-https`,
      { securityGroupId: fleet.id, cidrIpv4: "0.0.0.0/0", description: "HTTPS to AWS endpoints", ...tcp(443) },
      parent,
    );
    for (const port of args.backendPorts) {
      new aws.vpc.SecurityGroupEgressRule(
        `${name}-fleet-backend-${port}`,
        { securityGroupId: fleet.id, cidrIpv4: args.vpcCidr, description: "backing services in the VPC", ...tcp(port) },
        parent,
      );
    }
    this.registerOutputs({
      loadBalancerSecurityGroupId: this.loadBalancerSecurityGroupId,
      fleetSecurityGroupId: this.fleetSecurityGroupId,
    });
  }
}
