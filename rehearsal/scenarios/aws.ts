import type { ClientOptions } from "@bluegreen/local-aws";
import { ACMClient } from "@aws-sdk/client-acm";
import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EC2Client } from "@aws-sdk/client-ec2";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { Route53Client } from "@aws-sdk/client-route-53";
import { S3Client } from "@aws-sdk/client-s3";
import { WAFV2Client } from "@aws-sdk/client-wafv2";

/** Where the local cloud is. */
interface Cloud {
  readonly session: { readonly client: ClientOptions };
}

// Clients of the local cloud, for what a step does by hand.
export const acm = (cloud: Cloud) => new ACMClient(cloud.session.client);
export const ec2 = (cloud: Cloud) => new EC2Client(cloud.session.client);
export const elb = (cloud: Cloud) => new ElasticLoadBalancingV2Client(cloud.session.client);
export const autoScaling = (cloud: Cloud) => new AutoScalingClient(cloud.session.client);
export const cloudWatch = (cloud: Cloud) => new CloudWatchClient(cloud.session.client);
export const dynamodb = (cloud: Cloud) => new DynamoDBClient(cloud.session.client);
export const route53 = (cloud: Cloud) => new Route53Client(cloud.session.client);
export const wafv2 = (cloud: Cloud) => new WAFV2Client(cloud.session.client);
export const s3 = (cloud: Cloud) => new S3Client({ ...cloud.session.client, forcePathStyle: true });
