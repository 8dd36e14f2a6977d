/** How one resource type's differences are judged. Names are those of properties, without what stands below them. */
export interface Rule {
  /** Properties by which traffic or access changes; `all`: every one but `expected` and `harmless`. */
  readonly dangerous: "all" | readonly string[];
  /** Properties that AWS changes by itself. */
  readonly expected?: readonly string[];
  /** Of `all`: properties that change nothing for traffic or access. */
  readonly harmless?: readonly string[];
  /**
   * Properties that no setting declares and by which something was added beside the declared: dangerous, too. The
   * rest of what is not declared is AWS's own.
   */
  readonly beside?: readonly string[];
}

const access: Rule = { dangerous: "all", harmless: ["tags"] };
const plain: Rule = { dangerous: [] };

/** Every resource type that the stack has; another one is judged as `plain`. */
export const rules: Readonly<Record<string, Rule>> = {
  "aws:lb/listener:Listener": access,
  "aws:lb/listenerRule:ListenerRule": access,
  "aws:lb/targetGroup:TargetGroup": { dangerous: ["healthCheck", "stickiness", "port", "protocol", "targetType"] },
  "aws:lb/loadBalancer:LoadBalancer": { dangerous: ["securityGroups", "subnets", "subnetMappings", "internal"] },
  "aws:ec2/launchTemplate:LaunchTemplate": { ...access, beside: ["defaultVersion", "latestVersion"] },
  "aws:autoscaling/group:Group": {
    dangerous: [
      ...["mixedInstancesPolicy", "launchTemplate", "targetGroupArns", "trafficSources", "vpcZoneIdentifiers"],
      ...["healthCheckType", "suspendedProcesses", "initialLifecycleHooks"],
    ],
    expected: ["desiredCapacity", "predictedCapacity", "warmPoolSize", "availabilityZones", "loadBalancers"],
    beside: ["suspendedProcesses", "trafficSources", "launchTemplate"],
  },
  "aws:autoscaling/policy:Policy": { ...plain, expected: ["alarmArns"] },
  "aws:ec2/securityGroup:SecurityGroup": { ...access, beside: ["ingress", "egress"] },
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": { ...access, beside: ["ingress", "egress"] },
  "aws:ec2/flowLog:FlowLog": plain,
  "aws:wafv2/webAcl:WebAcl": { ...access, expected: ["lockToken", "capacity"] },
  "aws:wafv2/webAclAssociation:WebAclAssociation": access,
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": access,
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": access,
  "aws:iam/role:Role": { ...access, beside: ["managedPolicyArns", "inlinePolicies"] },
  "aws:iam/rolePolicy:RolePolicy": access,
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": access,
  "aws:iam/instanceProfile:InstanceProfile": access,
  "aws:iam/policy:Policy": access,
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": access,
  "aws:s3/bucketVersioning:BucketVersioning": plain,
  "aws:s3/bucket:Bucket": { dangerous: ["policy", "acl", "grants"], beside: ["policy", "acl", "grants"] },
  "aws:s3/bucketPolicy:BucketPolicy": access,
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": access,
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": plain,
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": plain,
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": plain,
  "aws:kms/key:Key": { dangerous: ["policy", "isEnabled"] },
  "aws:sns/topic:Topic": { dangerous: ["policy"] },
  "aws:sns/topicPolicy:TopicPolicy": access,
  "aws:sns/topicSubscription:TopicSubscription": {
    ...plain,
    expected: ["pendingConfirmation", "confirmationWasAuthenticated"],
  },
  "aws:dynamodb/table:Table": plain,
  "aws:cloudwatch/metricAlarm:MetricAlarm": plain,
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": plain,
  "aws:cloudwatch/dashboard:Dashboard": plain,
  "aws:cloudwatch/logGroup:LogGroup": plain,
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": plain,
  "aws:acm/certificate:Certificate": {
    ...plain,
    expected: ["notAfter", "notBefore", "renewalSummaries", "renewalEligibility", "pendingRenewal", "status"],
  },
  "aws:acm/certificateValidation:CertificateValidation": plain,
  "aws:route53/record:Record": access,
  "aws:ec2/vpc:Vpc": plain,
  "aws:ec2/subnet:Subnet": plain,
  "aws:ec2/internetGateway:InternetGateway": plain,
  "aws:ec2/routeTable:RouteTable": { ...plain, beside: ["routes"] },
  "aws:ec2/routeTableAssociation:RouteTableAssociation": plain,
  "aws:ec2/route:Route": plain,
  "aws:ec2/eip:Eip": plain,
  "aws:ec2/natGateway:NatGateway": plain,
  "aws:ec2/vpcEndpoint:VpcEndpoint": {
    dangerous: ["policy", "securityGroupIds"],
    expected: ["networkInterfaceIds", "dnsEntries", "cidrBlocks", "prefixListId", "state", "requesterManaged"],
  },
};

export const ruleFor = (type: string): Rule => rules[type] ?? plain;
