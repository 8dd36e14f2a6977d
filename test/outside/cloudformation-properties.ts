/** Inputs of a resource as the program gave them, or a part of them. */
export type Inputs = Record<string, never>;
/** What CloudFormation has of it. */
export type Properties = Record<string, unknown>;

const pascal = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/** Names with capitals, at every depth; `"true"` becomes a boolean: the provider's schema has some as texts. */
export function deep(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(deep);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [pascal(key), deep(inner)]));
  }
  return value === "true" ? true : value === "false" ? false : value;
}

/** All inputs with capitals, but those of `others`, which are written in another way. */
export function all(inputs: Inputs, ...others: string[]): Properties {
  return deep(Object.fromEntries(Object.entries(inputs).filter(([key]) => !others.includes(key)))) as Properties;
}

/** CloudFormation's list of tags, or of other names and values. */
export const pairs = (map: object | undefined, key = "Key", value = "Value") =>
  map && Object.entries(map).map(([name, text]) => ({ [key]: name, [value]: text as unknown }));
export const document = (text: string) => JSON.parse(text) as unknown;
const attributes = (values: Record<string, unknown>) =>
  pairs(Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)))?.map(
    ({ Key, Value }) => ({ Key, Value: String(Value) }),
  );
/** The plain case: the same names, with capitals. */
export const plain = (inputs: Inputs): Properties => ({ ...all(inputs, "tags"), Tags: pairs(inputs.tags) });

export function forwarding(action: Inputs): Properties {
  const { forward, redirect, fixedResponse } = action as {
    forward?: Inputs;
    redirect?: object;
    fixedResponse?: object;
  };
  return {
    ...all(action, "forward", "redirect", "fixedResponse"),
    RedirectConfig: deep(redirect),
    FixedResponseConfig: deep(fixedResponse),
    ForwardConfig: forward && {
      TargetGroups: (forward.targetGroups as { arn: string; weight: number }[]).map(
        ({ arn: TargetGroupArn, weight }) => ({
          TargetGroupArn,
          Weight: weight,
        }),
      ),
      TargetGroupStickinessConfig: {
        Enabled: (forward.stickiness as Inputs).enabled,
        DurationSeconds: (forward.stickiness as Inputs).duration,
      },
    },
  };
}

export function group(inputs: Inputs): Properties {
  const hooks = inputs.initialLifecycleHooks as { name: string }[] | undefined;
  const template = inputs.launchTemplate as { id: string; version: string } | undefined;
  const special = [
    "enabledMetrics",
    "metricsGranularity",
    "initialLifecycleHooks",
    "targetGroupArns",
    "vpcZoneIdentifiers",
  ];
  return {
    // How long the provider waits is no property of the group.
    ...all(inputs, "waitForCapacityTimeout", "launchTemplate", "minSize", "maxSize", ...special),
    MinSize: String(inputs.minSize),
    MaxSize: String(inputs.maxSize),
    MetricsCollection: [{ Granularity: inputs.metricsGranularity, Metrics: inputs.enabledMetrics }],
    TargetGroupARNs: inputs.targetGroupArns,
    VPCZoneIdentifier: inputs.vpcZoneIdentifiers,
    LaunchTemplate: template && { LaunchTemplateId: template.id, Version: template.version },
    LifecycleHookSpecificationList: hooks?.map(({ name, ...hook }) => ({
      LifecycleHookName: name,
      ...(deep(hook) as object),
    })),
  };
}

export function launchTemplate(inputs: Inputs): Properties {
  const tagged = inputs.tagSpecifications as { resourceType: string; tags: object }[];
  const interfaces = inputs.networkInterfaces as Inputs[];
  return {
    VersionDescription: inputs.description,
    TagSpecifications: [{ ResourceType: "launch-template", Tags: pairs(inputs.tags) }],
    LaunchTemplateData: {
      // Which version is the default one is the provider's own way to say it; the group names its version.
      ...all(inputs, "description", "tags", "tagSpecifications", "networkInterfaces", "updateDefaultVersion"),
      NetworkInterfaces: interfaces.map((one) => ({ ...all(one, "securityGroups"), Groups: one.securityGroups })),
      TagSpecifications: tagged.map(({ resourceType, tags }) => ({ ResourceType: resourceType, Tags: pairs(tags) })),
    },
  };
}

export function loadBalancer(inputs: Inputs): Properties {
  const logs = inputs.accessLogs as { enabled: boolean; bucket: string; prefix: string } | undefined;
  const written = ["internal", "loadBalancerType", "tags", "accessLogs", "idleTimeout"];
  const log = logs && [
    { Key: "access_logs.s3.enabled", Value: String(logs.enabled) },
    { Key: "access_logs.s3.bucket", Value: logs.bucket },
    { Key: "access_logs.s3.prefix", Value: logs.prefix },
  ];
  const plainAttributes = attributes({
    "idle_timeout.timeout_seconds": inputs.idleTimeout,
    "routing.http.drop_invalid_header_fields.enabled": inputs.dropInvalidHeaderFields,
    "deletion_protection.enabled": inputs.enableDeletionProtection,
  });
  return {
    ...all(inputs, ...written, "dropInvalidHeaderFields", "enableDeletionProtection"),
    Scheme: inputs.internal ? "internal" : "internet-facing",
    Type: inputs.loadBalancerType,
    LoadBalancerAttributes: [...(plainAttributes ?? []), ...(log ?? [])],
    Tags: pairs(inputs.tags),
  };
}

export function targetGroup(inputs: Inputs): Properties {
  const check = inputs.healthCheck as Inputs;
  const stickiness = inputs.stickiness as { enabled: boolean; type: string; cookieDuration: number };
  return {
    ...all(inputs, "healthCheck", "stickiness", "deregistrationDelay", "tags"),
    HealthCheckPath: check.path,
    HealthCheckPort: check.port,
    HealthCheckProtocol: check.protocol,
    HealthCheckIntervalSeconds: check.interval,
    HealthCheckTimeoutSeconds: check.timeout,
    HealthyThresholdCount: check.healthyThreshold,
    UnhealthyThresholdCount: check.unhealthyThreshold,
    Matcher: { HttpCode: check.matcher },
    TargetGroupAttributes: attributes({
      "deregistration_delay.timeout_seconds": inputs.deregistrationDelay,
      "stickiness.enabled": stickiness.enabled,
      "stickiness.type": stickiness.type,
      "stickiness.lb_cookie.duration_seconds": stickiness.cookieDuration,
    }),
    Tags: pairs(inputs.tags),
  };
}

export function metricAlarm(inputs: Inputs): Properties {
  const queries = inputs.metricQueries as Inputs[] | undefined;
  const metricOf = ({ dimensions, metricName, namespace, period, stat }: Inputs) => ({
    Metric: { Namespace: namespace, MetricName: metricName, Dimensions: pairs(dimensions, "Name") },
    Period: period,
    Stat: stat,
  });
  return {
    ...all(inputs, "tags", "okActions", "dimensions", "metricQueries"),
    OKActions: inputs.okActions,
    Dimensions: pairs(inputs.dimensions, "Name"),
    Metrics: queries?.map((query) => ({
      ...all(query, "metric"),
      MetricStat: query.metric && metricOf(query.metric),
    })),
    Tags: pairs(inputs.tags),
  };
}

export const rule =
  (other: string) =>
  (inputs: Inputs): Properties => ({
    // CloudFormation's rules have no tags.
    ...all(inputs, "tags", "cidrIpv4", "cidrIpv6", "referencedSecurityGroupId", "securityGroupId"),
    GroupId: inputs.securityGroupId,
    CidrIp: inputs.cidrIpv4,
    CidrIpv6: inputs.cidrIpv6,
    [other]: inputs.referencedSecurityGroupId,
  });
