import { ACMClient } from "@aws-sdk/client-acm";
import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EC2Client } from "@aws-sdk/client-ec2";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { Route53Client } from "@aws-sdk/client-route-53";
import { S3Client } from "@aws-sdk/client-s3";

/** Where the local cloud is. */
interface Cloud {
  readonly session: { readonly endpoint: string };
}

/** Clients of the local cloud, for what a step does by hand. */
const options = ({ session }: Cloud) => ({
  endpoint: session.endpoint,
  region: "eu-central-1",
  credentials: { accessKeyId: "rehearsal", secretAccessKey: "rehearsal" },
});

export const acm = (cloud: Cloud) => new ACMClient(options(cloud));
export const ec2 = (cloud: Cloud) => new EC2Client(options(cloud));
export const elb = (cloud: Cloud) => new ElasticLoadBalancingV2Client(options(cloud));
export const autoScaling = (cloud: Cloud) => new AutoScalingClient(options(cloud));
export const dynamodb = (cloud: Cloud) => new DynamoDBClient(options(cloud));
export const route53 = (cloud: Cloud) => new Route53Client(options(cloud));
export const s3 = (cloud: Cloud) => new S3Client({ ...options(cloud), forcePathStyle: true });
