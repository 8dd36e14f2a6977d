import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { AccessLogs } from "./access-logs.ts";
import { elbName } from "./names.ts";

export interface LoadBalancerArgs {
  /** Base of the physical name. */
  baseName: string;
  subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  securityGroupId: pulumi.Input<string>;
  deletionProtection: boolean;
  accessLogs?: AccessLogs;
  /** HTTPS with this certificate; undefined: plain HTTP. */
  certificateArn?: pulumi.Input<string>;
  /** Host name, with an alias record when its zone is given. */
  domain?: string;
  hostedZoneId?: string;
  /** Web ACL that stands before it; undefined: none. */
  webAclArn?: pulumi.Input<string>;
  /** Seconds for which browsers are to ask for HTTPS alone; 0: they aren't told. */
  hstsMaxAge: number;
  tags: Record<string, string>;
}

/**
 * TLS 1.3 and 1.2 with forward secrecy and authenticated ciphers alone, and post-quantum key exchange for clients that know it:
 * what AWS recommends (Elastic Load Balancing: "Security policies for your Application Load Balancer").
 */
const sslPolicy = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09";

/**
 * Seconds that the load balancer keeps an idle connection. The service's keep-alive must be longer, or a request can
 * meet a connection that is just being closed, and its user a 502.
 */
const idleTimeout = 60;

const hsts = (maxAge: number): string => (maxAge > 0 ? `max-age=${maxAge}` : "");

/** What a listener needs to speak the stack's protocol. */
export interface ListenerProtocol {
  protocol: "HTTP" | "HTTPS";
  certificateArn?: pulumi.Input<string>;
  sslPolicy?: string;
  /** Strict-Transport-Security of every answer, in the place of what the service says. */
  routingHttpResponseStrictTransportSecurityHeaderValue?: string;
}

/** The Application Load Balancer (about 17 USD a month and usage), its alias record, and what its listeners share. */
export class LoadBalancer extends pulumi.ComponentResource {
  /** The physical name: generated, so no other load balancer of the account and region has it. */
  readonly name: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  readonly arnSuffix: pulumi.Output<string>;
  readonly dnsName: pulumi.Output<string>;
  readonly listenerProtocol: ListenerProtocol;
  /** Port of the main listener. */
  readonly port: number;
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: LoadBalancerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("bluegreen:index:LoadBalancer", name, {}, opts);
    const { accessLogs, domain, hostedZoneId, certificateArn } = args;
    const alb = new aws.lb.LoadBalancer(
      elbName(args.baseName, "alb"),
      {
        loadBalancerType: "application",
        internal: false,
        ipAddressType: "ipv4",
        subnets: args.subnetIds,
        securityGroups: [args.securityGroupId],
        idleTimeout,
        dropInvalidHeaderFields: true,
        enableDeletionProtection: args.deletionProtection,
        // Off is said, too: the provider takes a block that is missing for one that stays as it is, and the load balancer
        // would go on writing to a bucket that is about to be deleted.
        accessLogs: accessLogs
          ? { enabled: true, bucket: accessLogs.bucketName, prefix: accessLogs.prefix }
          : { enabled: false, bucket: "" },
        tags: args.tags,
      },
      // AWS refuses to delete this alone; Pulumi's own protection refuses in the preview, while all before it still stands.
      { parent: this, dependsOn: accessLogs?.writable, protect: args.deletionProtection },
    );
    this.name = alb.name;
    this.arn = alb.arn;
    this.arnSuffix = alb.arnSuffix;
    this.dnsName = alb.dnsName;
    this.listenerProtocol = certificateArn
      ? {
          protocol: "HTTPS",
          certificateArn,
          sslPolicy,
          // An empty text takes the header away: the provider leaves what is not stated as it was.
          routingHttpResponseStrictTransportSecurityHeaderValue: hsts(args.hstsMaxAge),
        }
      : { protocol: "HTTP" };
    this.port = certificateArn ? 443 : 80;
    this.url = pulumi.interpolate`${certificateArn ? "https" : "http"}://${domain ?? alb.dnsName}`;

    if (args.webAclArn) {
      new aws.wafv2.WebAclAssociation(
        `${name}-web-acl`,
        { resourceArn: alb.arn, webAclArn: args.webAclArn },
        { parent: this },
      );
    }
    if (domain && hostedZoneId) {
      new aws.route53.Record(
        `${name}-alias`,
        {
          zoneId: hostedZoneId,
          name: domain,
          type: "A",
          // Evaluating would mark the whole load balancer unhealthy for one empty target group: the standby's.
          aliases: [{ name: alb.dnsName, zoneId: alb.zoneId, evaluateTargetHealth: false }],
        },
        { parent: this },
      );
    }
    this.registerOutputs({ arn: this.arn, dnsName: this.dnsName, url: this.url });
  }
}
