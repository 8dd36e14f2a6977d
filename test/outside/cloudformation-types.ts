import {
  all,
  deep,
  document,
  forwarding,
  group,
  type Inputs,
  launchTemplate,
  loadBalancer,
  metricAlarm,
  pairs,
  plain,
  type Properties,
  rule,
  targetGroup,
} from "./cloudformation-properties.ts";

/** How a type of the provider is written in CloudFormation. */
export interface Mapping {
  type: string;
  properties(inputs: Inputs, name: string): Properties;
  /** Attributes of CloudFormation's that a mocked answer stands for, beside the id: the answer by attribute, `Ref` included. */
  answers?: (name: string) => Record<string, string>;
}

/** A resource of the provider's that CloudFormation has as properties of another one. */
export interface Part {
  /** The input that names the other one. */
  of: string;
  properties(inputs: Inputs): Properties;
}

const hsts = "routingHttpResponseStrictTransportSecurityHeaderValue";
const arn = (name: string) => ({ Arn: `arn:${name}` });
const arnAsRef = (name: string) => ({ Ref: `arn:${name}` });

const visibility = (config: Inputs) => ({
  ...all(config, "cloudwatchMetricsEnabled"),
  CloudWatchMetricsEnabled: config.cloudwatchMetricsEnabled,
});

/** What CloudFormation has, too. */
export const mappings: Record<string, Mapping> = {
  "aws:acm/certificate:Certificate": {
    type: "AWS::CertificateManager::Certificate",
    properties: plain,
    answers: () => ({ Ref: "arn:aws:acm:eu-central-1:111111111111:certificate/new" }),
  },
  "aws:autoscaling/group:Group": {
    type: "AWS::AutoScaling::AutoScalingGroup",
    properties: group,
    answers: (name) => ({ Ref: `${name}-1234567` }),
  },
  "aws:autoscaling/policy:Policy": {
    type: "AWS::AutoScaling::ScalingPolicy",
    properties: (inputs) => ({
      ...all(inputs, "autoscalingGroupName"),
      AutoScalingGroupName: inputs.autoscalingGroupName,
    }),
  },
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": {
    type: "AWS::CloudWatch::CompositeAlarm",
    properties: (inputs) => ({
      ...all(inputs, "okActions", "tags"),
      OKActions: inputs.okActions,
      Tags: pairs(inputs.tags),
    }),
    answers: (name) => ({ Arn: `arn:composite:${name}` }),
  },
  "aws:cloudwatch/dashboard:Dashboard": { type: "AWS::CloudWatch::Dashboard", properties: plain },
  "aws:cloudwatch/logGroup:LogGroup": {
    type: "AWS::Logs::LogGroup",
    properties: (inputs) => ({ ...all(inputs, "name", "tags"), LogGroupName: inputs.name, Tags: pairs(inputs.tags) }),
    answers: (name) => ({ Arn: `arn:aws:logs:eu-central-1:111111111111:log-group:${name}` }),
  },
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": {
    type: "AWS::Logs::MetricFilter",
    properties: ({ name, logGroupName, pattern, metricTransformation }) => {
      const transformation = metricTransformation as Inputs;
      return {
        FilterName: name,
        LogGroupName: logGroupName,
        FilterPattern: pattern,
        MetricTransformations: [
          {
            MetricName: transformation.name,
            MetricNamespace: transformation.namespace,
            MetricValue: transformation.value,
            Unit: transformation.unit,
          },
        ],
      };
    },
  },
  "aws:cloudwatch/metricAlarm:MetricAlarm": {
    type: "AWS::CloudWatch::Alarm",
    properties: metricAlarm,
    answers: (name) => ({ Ref: `${name}-1234567`, Arn: `arn:alarm:${name}` }),
  },
  "aws:dynamodb/table:Table": {
    type: "AWS::DynamoDB::Table",
    properties: (inputs) => ({
      ...all(inputs, "attributes", "hashKey", "rangeKey", "pointInTimeRecovery", "serverSideEncryption", "tags"),
      SSESpecification: inputs.serverSideEncryption && {
        SSEEnabled: (inputs.serverSideEncryption as Inputs).enabled,
        SSEType: "KMS",
        KMSMasterKeyId: (inputs.serverSideEncryption as Inputs).kmsKeyArn,
      },
      AttributeDefinitions: (inputs.attributes as { name: string; type: string }[]).map(({ name, type }) => ({
        AttributeName: name,
        AttributeType: type,
      })),
      KeySchema: [
        { AttributeName: inputs.hashKey, KeyType: "HASH" },
        { AttributeName: inputs.rangeKey, KeyType: "RANGE" },
      ],
      PointInTimeRecoverySpecification: {
        PointInTimeRecoveryEnabled: (inputs.pointInTimeRecovery as { enabled: boolean }).enabled,
      },
      Tags: pairs(inputs.tags),
    }),
  },
  "aws:ec2/launchTemplate:LaunchTemplate": { type: "AWS::EC2::LaunchTemplate", properties: launchTemplate },
  "aws:ec2/flowLog:FlowLog": {
    type: "AWS::EC2::FlowLog",
    properties: ({ vpcId, iamRoleArn, ...inputs }) => ({
      ...all(inputs, "tags"),
      ResourceId: vpcId,
      ResourceType: "VPC",
      DeliverLogsPermissionArn: iamRoleArn,
      Tags: pairs(inputs.tags),
    }),
  },
  "aws:ec2/securityGroup:SecurityGroup": {
    type: "AWS::EC2::SecurityGroup",
    properties: (inputs) => ({ VpcId: inputs.vpcId, GroupDescription: inputs.description, Tags: pairs(inputs.tags) }),
  },
  "aws:ec2/vpcEndpoint:VpcEndpoint": {
    type: "AWS::EC2::VPCEndpoint",
    properties: ({ policy, ...inputs }) => ({
      ...plain(inputs),
      PolicyDocument: policy && document(policy),
    }),
  },
  "aws:iam/instanceProfile:InstanceProfile": {
    type: "AWS::IAM::InstanceProfile",
    // CloudFormation's profiles have no tags.
    properties: (inputs) => ({ Roles: [inputs.role] }),
    answers: arn,
  },
  "aws:iam/role:Role": {
    type: "AWS::IAM::Role",
    properties: (inputs) => ({
      ...all(inputs, "assumeRolePolicy", "tags"),
      AssumeRolePolicyDocument: document(inputs.assumeRolePolicy),
      Tags: pairs(inputs.tags),
    }),
    answers: (name) => ({ Ref: name, Arn: `arn:${name}` }),
  },
  "aws:iam/rolePolicy:RolePolicy": {
    type: "AWS::IAM::RolePolicy",
    properties: (inputs, name) => ({
      PolicyName: name,
      RoleName: inputs.role,
      PolicyDocument: document(inputs.policy),
    }),
  },
  "aws:kms/key:Key": {
    type: "AWS::KMS::Key",
    properties: (inputs) => ({
      ...all(inputs, "deletionWindowInDays", "policy", "tags"),
      PendingWindowInDays: inputs.deletionWindowInDays,
      KeyPolicy: document(inputs.policy),
      Tags: pairs(inputs.tags),
    }),
    answers: arn,
  },
  "aws:lb/listener:Listener": {
    type: "AWS::ElasticLoadBalancingV2::Listener",
    properties: (inputs) => ({
      // CloudFormation's listeners and rules have no tags.
      ...all(inputs, "tags", "certificateArn", "defaultActions", hsts),
      ListenerAttributes: inputs[hsts] && [
        { Key: "routing.http.response.strict_transport_security.header_value", Value: inputs[hsts] },
      ],
      Certificates: inputs.certificateArn && [{ CertificateArn: inputs.certificateArn }],
      DefaultActions: (inputs.defaultActions as Inputs[]).map(forwarding),
    }),
    answers: arnAsRef,
  },
  "aws:lb/listenerRule:ListenerRule": {
    type: "AWS::ElasticLoadBalancingV2::ListenerRule",
    properties: (inputs) => ({
      ...all(inputs, "tags", "actions", "conditions"),
      Actions: (inputs.actions as Inputs[]).map(forwarding),
      Conditions: (inputs.conditions as Inputs[]).map(({ httpHeader }) => ({
        Field: "http-header",
        HttpHeaderConfig: deep(httpHeader),
      })),
    }),
  },
  "aws:lb/loadBalancer:LoadBalancer": {
    type: "AWS::ElasticLoadBalancingV2::LoadBalancer",
    properties: loadBalancer,
    answers: () => ({ Ref: "arn:alb", DNSName: "alb.example", CanonicalHostedZoneID: "ZALB" }),
  },
  "aws:lb/targetGroup:TargetGroup": {
    type: "AWS::ElasticLoadBalancingV2::TargetGroup",
    properties: targetGroup,
    answers: arnAsRef,
  },
  "aws:route53/record:Record": {
    type: "AWS::Route53::RecordSet",
    properties: (inputs) => ({
      // Whether a record that is there may be taken over is the provider's own question.
      ...all(inputs, "allowOverwrite", "zoneId", "ttl", "records", "aliases"),
      HostedZoneId: inputs.zoneId,
      TTL: inputs.ttl === undefined ? undefined : String(inputs.ttl),
      ResourceRecords: inputs.records,
      AliasTarget: (inputs.aliases as Inputs[] | undefined)?.map(({ name, zoneId, evaluateTargetHealth }) => ({
        DNSName: name,
        HostedZoneId: zoneId,
        EvaluateTargetHealth: evaluateTargetHealth,
      }))[0],
    }),
  },
  "aws:s3/bucket:Bucket": {
    type: "AWS::S3::Bucket",
    // Whether a full bucket may go is the provider's own question.
    properties: (inputs) => ({ ...all(inputs, "forceDestroy", "tags"), Tags: pairs(inputs.tags) }),
    answers: (name) => ({ Ref: name, Arn: `arn:aws:s3:::${name}` }),
  },
  "aws:s3/bucketPolicy:BucketPolicy": {
    type: "AWS::S3::BucketPolicy",
    properties: (inputs) => ({ Bucket: inputs.bucket, PolicyDocument: document(inputs.policy) }),
  },
  "aws:sns/topic:Topic": {
    type: "AWS::SNS::Topic",
    properties: plain,
    answers: (name) => ({ Ref: `arn:aws:sns:eu-central-1:111111111111:${name}-1234567` }),
  },
  "aws:sns/topicPolicy:TopicPolicy": {
    type: "AWS::SNS::TopicPolicy",
    properties: (inputs) => ({ Topics: [inputs.arn], PolicyDocument: document(inputs.policy) }),
  },
  "aws:sns/topicSubscription:TopicSubscription": {
    type: "AWS::SNS::Subscription",
    properties: (inputs) => ({ ...all(inputs, "topic"), TopicArn: inputs.topic }),
  },
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": {
    type: "AWS::EC2::SecurityGroupEgress",
    properties: rule("DestinationSecurityGroupId"),
  },
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": {
    type: "AWS::EC2::SecurityGroupIngress",
    properties: rule("SourceSecurityGroupId"),
  },
  "aws:wafv2/webAcl:WebAcl": {
    type: "AWS::WAFv2::WebACL",
    properties: (inputs) => ({
      ...all(inputs, "tags", "rules", "visibilityConfig"),
      VisibilityConfig: visibility(inputs.visibilityConfig),
      Rules: (inputs.rules as Inputs[]).map((one) => ({
        ...all(one, "visibilityConfig"),
        VisibilityConfig: visibility(one.visibilityConfig),
      })),
      Tags: pairs(inputs.tags),
    }),
    answers: arn,
  },
  "aws:wafv2/webAclAssociation:WebAclAssociation": {
    type: "AWS::WAFv2::WebACLAssociation",
    properties: ({ resourceArn, webAclArn }) => ({ ResourceArn: resourceArn, WebACLArn: webAclArn }),
  },
};

/** What CloudFormation has as properties of a bucket or of a role. */
export const parts: Record<string, Part> = {
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
    of: "role",
    properties: ({ policyArn }) => ({ ManagedPolicyArns: [policyArn] }),
  },
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": {
    of: "bucket",
    properties: ({ rules }) => ({
      LifecycleConfiguration: {
        Rules: (rules as Inputs[]).map(({ id, status, filter, expiration, noncurrentVersionExpiration, ...one }) => ({
          Id: id,
          Status: status,
          Prefix: (filter as Inputs).prefix,
          ExpirationInDays: (expiration as Inputs).days,
          ExpiredObjectDeleteMarker: (expiration as Inputs).expiredObjectDeleteMarker,
          NoncurrentVersionExpiration: deep(noncurrentVersionExpiration),
          AbortIncompleteMultipartUpload: deep(one.abortIncompleteMultipartUpload),
        })),
      },
    }),
  },
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": {
    of: "bucket",
    properties: ({ rule: ownership }) => ({ OwnershipControls: { Rules: [deep(ownership)] } }),
  },
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": {
    of: "bucket",
    properties: (inputs) => ({ PublicAccessBlockConfiguration: all(inputs, "bucket") }),
  },
  "aws:s3/bucketVersioning:BucketVersioning": {
    of: "bucket",
    properties: (inputs) => ({ VersioningConfiguration: deep(inputs.versioningConfiguration) }),
  },
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": {
    of: "bucket",
    properties: ({ rules }) => ({
      BucketEncryption: {
        ServerSideEncryptionConfiguration: (rules as Inputs[]).map(({ applyServerSideEncryptionByDefault }) => ({
          ServerSideEncryptionByDefault: { SSEAlgorithm: (applyServerSideEncryptionByDefault as Inputs).sseAlgorithm },
        })),
      },
    }),
  },
};

/** What CloudFormation has nothing for, and why. */
export const unmapped: Record<string, string> = {
  "aws:acm/certificateValidation:CertificateValidation":
    "is nothing in AWS: the provider waits there for the certificate",
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup":
    "is made by AWS with the VPC; CloudFormation has nothing that takes rules out of it",
  "awsx:ec2:Vpc":
    "is a component that its own provider takes apart; what comes of it is judged by AWS's models in the local AWS",
};
