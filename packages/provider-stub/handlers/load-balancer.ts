import * as elb from "@aws-sdk/client-elastic-load-balancing-v2";
import { ifThere } from "../errors.ts";
import type { Cloud, Row } from "../row.ts";
import { fromAws, shape, text, toAws } from "../shape.ts";
import { until } from "../wait.ts";
import { attributeSetting, attributesRead, attributeTable } from "./lb-attributes.ts";
import { LB_NAME, lbTagging, lbTags, lbTagsOf } from "./lb-tags.ts";

const ATTRIBUTES = attributeTable(`
  enableDeletionProtection                   deletion_protection.enabled                                 boolean false
  idleTimeout                                idle_timeout.timeout_seconds                                number  60
  clientKeepAlive                            client_keep_alive.seconds                                   number  3600
  enableHttp2                                routing.http2.enabled                                       boolean true
  enableCrossZoneLoadBalancing               load_balancing.cross_zone.enabled                           boolean true
  dropInvalidHeaderFields                    routing.http.drop_invalid_header_fields.enabled             boolean false
  preserveHostHeader                         routing.http.preserve_host_header.enabled                   boolean false
  desyncMitigationMode                       routing.http.desync_mitigation_mode                         text    defensive
  xffHeaderProcessingMode                    routing.http.xff_header_processing.mode                     text    append
  enableXffClientPort                        routing.http.xff_client_port.enabled                        boolean false
  enableTlsVersionAndCipherSuiteHeaders      routing.http.x_amzn_tls_version_and_cipher_suite.enabled    boolean false
  enableWafFailOpen                          waf.fail_open.enabled                                       boolean false
  accessLogs.enabled                         access_logs.s3.enabled                                      boolean false
  accessLogs.bucket                          access_logs.s3.bucket                                       text
  accessLogs.prefix                          access_logs.s3.prefix                                       text
  connectionLogs.enabled                     connection_logs.s3.enabled                                  boolean false
  connectionLogs.bucket                      connection_logs.s3.bucket                                   text
  connectionLogs.prefix                      connection_logs.s3.prefix                                   text`);
const attributes = attributeSetting(ATTRIBUTES, (LoadBalancerArn, Attributes, cloud) =>
  cloud.elb.send(new elb.ModifyLoadBalancerAttributesCommand({ LoadBalancerArn, Attributes })),
);

const args = shape(`name loadBalancerType=Type ipAddressType internal:own subnets securityGroups tags:own
  ${attributes.shape}`);

async function balancerOf(arn: string, cloud: Cloud): Promise<elb.LoadBalancer | undefined> {
  const request = new elb.DescribeLoadBalancersCommand({ LoadBalancerArns: [arn] });
  return (await ifThere(cloud.elb.send(request)))?.LoadBalancers?.[0];
}

/** Application load balancers. */
export const loadBalancer: Row = {
  type: "aws:lb/loadBalancer:LoadBalancer",
  args,
  replace: "name internal loadBalancerType",
  name: LB_NAME,
  tagging: lbTagging,
  defaults: (inputs) => ({ loadBalancerType: "application", ...inputs }),
  check: ({ loadBalancerType }) =>
    loadBalancerType === "application"
      ? []
      : [{ property: "loadBalancerType", reason: `"${text(loadBalancerType)}": the stand-in only does application` }],
  async create(inputs, cloud) {
    const request = {
      ...toAws<elb.CreateLoadBalancerCommandInput>(args, inputs),
      ...lbTags(inputs),
      Scheme: inputs.internal === true ? ("internal" as const) : undefined,
    };
    const made = await cloud.elb.send(new elb.CreateLoadBalancerCommand(request));
    return made.LoadBalancers?.[0]?.LoadBalancerArn ?? "";
  },
  async settle(arn, inputs, cloud) {
    await until(`load balancer ${arn} to be active`, 10, cloud, async () => {
      const state = (await balancerOf(arn, cloud))?.State?.Code;
      return state === "active" ? { done: true } : { missing: `state ${state}` };
    });
    await attributes.settle(arn, inputs, cloud);
  },
  async read(arn, cloud) {
    const found = await balancerOf(arn, cloud);
    if (!found) return undefined;
    const asked = new elb.DescribeLoadBalancerAttributesCommand({ LoadBalancerArn: arn });
    const [set, tags] = await Promise.all([cloud.elb.send(asked), lbTagsOf(arn, cloud)]);
    return {
      ...fromAws(args, found),
      ...attributesRead(ATTRIBUTES, set.Attributes),
      name: found.LoadBalancerName,
      internal: found.Scheme === "internal",
      subnets: found.AvailabilityZones?.map((zone) => zone.SubnetId),
      tags,
      arn,
      arnSuffix: arn.split(":loadbalancer/")[1],
      dnsName: found.DNSName,
      zoneId: found.CanonicalHostedZoneId,
      vpcId: found.VpcId,
    };
  },
  async update(update, cloud) {
    const { id: LoadBalancerArn, news, changed } = update;
    const list = (arg: string) => (news[arg] as string[] | undefined) ?? [];
    await attributes.update(update, cloud);
    if (changed("securityGroups")) {
      await cloud.elb.send(
        new elb.SetSecurityGroupsCommand({ LoadBalancerArn, SecurityGroups: list("securityGroups") }),
      );
    }
    if (changed("subnets"))
      await cloud.elb.send(new elb.SetSubnetsCommand({ LoadBalancerArn, Subnets: list("subnets") }));
    if (changed("ipAddressType")) {
      const IpAddressType = (news.ipAddressType ?? "ipv4") as elb.IpAddressType;
      await cloud.elb.send(new elb.SetIpAddressTypeCommand({ LoadBalancerArn, IpAddressType }));
    }
  },
  async remove(arn, _state, cloud) {
    await ifThere(cloud.elb.send(new elb.DeleteLoadBalancerCommand({ LoadBalancerArn: arn })));
    await until(`load balancer ${arn} to be deleted`, 10, cloud, async () => {
      const found = await balancerOf(arn, cloud);
      return found ? { missing: `state ${found.State?.Code}` } : { done: true };
    });
  },
};
