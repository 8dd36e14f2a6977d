/** One evaluation in a process of its own, which prints its CPU time in seconds: `import` or `program`. */
import * as aws from "@pulumi/aws";
import { Vpc } from "@pulumi/awsx/ec2/vpc.js";
import "@aws-sdk/client-auto-scaling";
import "@aws-sdk/client-dynamodb";
import "@aws-sdk/client-elastic-load-balancing-v2";
import "@aws-sdk/client-ssm";
import "@aws-sdk/client-sts";
import "@aws-sdk/credential-providers";
import { evaluated } from "../evaluated.ts";
import "ip-address";
import "zod";

/** Touches the SDKs as the program does: their modules are loaded at first use. */
function touch(): unknown[] {
  return [
    ...[aws.acm.Certificate, aws.autoscaling.Group, aws.autoscaling.Policy],
    ...[aws.cloudwatch.CompositeAlarm, aws.cloudwatch.Dashboard, aws.cloudwatch.MetricAlarm],
    ...[aws.dynamodb.Table, aws.ec2.LaunchTemplate, aws.ec2.SecurityGroup, aws.ec2.VpcEndpoint, aws.ec2.getAmi],
    ...[aws.ec2.getVpcEndpointServiceOutput],
    ...[aws.vpc.SecurityGroupEgressRule, aws.vpc.SecurityGroupIngressRule],
    ...[aws.iam.InstanceProfile, aws.iam.Role, aws.iam.RolePolicy, aws.iam.RolePolicyAttachment],
    ...[aws.kms.Key, aws.lb.Listener, aws.lb.ListenerRule, aws.lb.LoadBalancer, aws.lb.TargetGroup],
    ...[aws.s3.BucketLifecycleConfiguration, aws.s3.BucketOwnershipControls, aws.s3.BucketPolicy],
    ...[aws.s3.BucketPublicAccessBlock, aws.s3.BucketServerSideEncryptionConfiguration],
    ...[aws.sns.Topic, aws.sns.TopicPolicy, Vpc],
    ...[aws.getAvailabilityZones, aws.getCallerIdentity, aws.getPartition, aws.getRegion],
  ];
}

/** The release's whole stack, both colours up. */
const config = {
  "aws:region": "eu-central-1",
  "bluegreen:blueAmi": "ami-11111111",
  "bluegreen:greenAmi": "ami-22222222",
  "bluegreen:standby": "warm",
  "bluegreen:allowedCidrs": '["0.0.0.0/0"]',
  "bluegreen:allowHttp": "true",
};

async function main(what: string): Promise<void> {
  touch();
  if (what === "program" && (await evaluated("prod", config, {})).length < 40)
    throw new Error("the program registered too little to be measured");
  const { user, system } = process.cpuUsage();
  console.log((user + system) / 1e6);
  process.exit(0);
}

void main(process.argv[2]);
