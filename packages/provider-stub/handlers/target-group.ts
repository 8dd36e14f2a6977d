import * as elb from "@aws-sdk/client-elastic-load-balancing-v2";
import { ifThere } from "../errors.ts";
import type { Cloud, Row } from "../row.ts";
import { fromAws, isBlock, type Props, shape, text, toAws } from "../shape.ts";
import { retrying } from "../wait.ts";
import { attributeSetting, attributesRead, attributeTable } from "./lb-attributes.ts";
import { LB_NAME, lbTagging, lbTags, lbTagsOf } from "./lb-tags.ts";

const ATTRIBUTES = attributeTable(`
  deregistrationDelay             deregistration_delay.timeout_seconds                 number  300
  slowStart                       slow_start.duration_seconds                          number  0
  loadBalancingAlgorithmType      load_balancing.algorithm.type                        text    round_robin
  loadBalancingAnomalyMitigation  load_balancing.algorithm.anomaly_mitigation          text    off
  loadBalancingCrossZoneEnabled   load_balancing.cross_zone.enabled                    text    use_load_balancer_configuration
  stickiness.enabled              stickiness.enabled                                   boolean false
  stickiness.type                 stickiness.type                                      text    lb_cookie
  stickiness.cookieDuration       stickiness.lb_cookie.duration_seconds                number  86400`);
const attributes = attributeSetting(ATTRIBUTES, (TargetGroupArn, Attributes, cloud) =>
  cloud.elb.send(new elb.ModifyTargetGroupAttributesCommand({ TargetGroupArn, Attributes })),
);

const healthArgs = shape(`enabled=HealthCheckEnabled healthyThreshold=HealthyThresholdCount
  interval=HealthCheckIntervalSeconds matcher:own path=HealthCheckPath port=HealthCheckPort
  protocol=HealthCheckProtocol timeout=HealthCheckTimeoutSeconds unhealthyThreshold=UnhealthyThresholdCount`);

const args = shape(`name port protocol protocolVersion vpcId targetType ipAddressType tags:own
  healthCheck:own{${[...healthArgs.keys()].join(" ")}}
  ${attributes.shape}`);

/** The official provider's defaults for a health-check block that leaves these open. */
const HEALTH_DEFAULTS = {
  enabled: true,
  healthyThreshold: 3,
  interval: 30,
  port: "traffic-port",
  protocol: "HTTP",
  unhealthyThreshold: 3,
};

function healthCheck(inputs: Props): Props {
  if (!isBlock(inputs.healthCheck)) return {};
  const { matcher } = inputs.healthCheck;
  return { ...toAws(healthArgs, inputs.healthCheck), ...(matcher ? { Matcher: { HttpCode: text(matcher) } } : {}) };
}

async function groupOf(arn: string, cloud: Cloud): Promise<elb.TargetGroup | undefined> {
  const request = new elb.DescribeTargetGroupsCommand({ TargetGroupArns: [arn] });
  return (await ifThere(cloud.elb.send(request)))?.TargetGroups?.[0];
}

/** Target groups. */
export const targetGroup: Row = {
  type: "aws:lb/targetGroup:TargetGroup",
  args,
  replace: "name port protocol protocolVersion vpcId targetType ipAddressType",
  name: LB_NAME,
  tagging: lbTagging,
  defaults(inputs) {
    const health = isBlock(inputs.healthCheck) ? { healthCheck: { ...HEALTH_DEFAULTS, ...inputs.healthCheck } } : {};
    return { targetType: "instance", ...inputs, ...health };
  },
  async create(inputs, cloud) {
    const request = {
      ...toAws<elb.CreateTargetGroupCommandInput>(args, inputs),
      ...healthCheck(inputs),
      ...lbTags(inputs),
    };
    return (await cloud.elb.send(new elb.CreateTargetGroupCommand(request))).TargetGroups?.[0]?.TargetGroupArn ?? "";
  },
  settle: (arn, inputs, cloud) => attributes.settle(arn, inputs, cloud),
  async read(arn, cloud) {
    const found = await groupOf(arn, cloud);
    if (!found) return undefined;
    const asked = new elb.DescribeTargetGroupAttributesCommand({ TargetGroupArn: arn });
    const [set, tags] = await Promise.all([cloud.elb.send(asked), lbTagsOf(arn, cloud)]);
    return {
      ...fromAws(args, found),
      ...attributesRead(ATTRIBUTES, set.Attributes),
      name: found.TargetGroupName,
      healthCheck: { ...fromAws(healthArgs, found), matcher: found.Matcher?.HttpCode },
      tags,
      arn,
      arnSuffix: arn.split(":").pop(),
      loadBalancerArns: found.LoadBalancerArns ?? [],
    };
  },
  async update(update, cloud) {
    const { id: TargetGroupArn, news, changed } = update;
    if (changed("healthCheck") && isBlock(news.healthCheck)) {
      await cloud.elb.send(new elb.ModifyTargetGroupCommand({ TargetGroupArn, ...healthCheck(news) }));
    }
    await attributes.update(update, cloud);
  },
  async remove(arn, _state, cloud) {
    const go = () => ifThere(cloud.elb.send(new elb.DeleteTargetGroupCommand({ TargetGroupArn: arn })));
    await retrying(/^ResourceInUse/, 2, cloud, go);
  },
};
