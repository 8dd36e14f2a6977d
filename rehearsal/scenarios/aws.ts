import { ACMClient } from "@aws-sdk/client-acm";
import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EC2Client } from "@aws-sdk/client-ec2";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { Route53Client } from "@aws-sdk/client-route-53";
import { S3Client } from "@aws-sdk/client-s3";
import type { Context } from "./context.ts";

/** Clients of the local cloud, for what the story does by hand. */
const options = ({ session }: Context) => ({
  endpoint: session.endpoint,
  region: "eu-central-1",
  credentials: { accessKeyId: "rehearsal", secretAccessKey: "rehearsal" },
});

export const acm = (context: Context) => new ACMClient(options(context));
export const ec2 = (context: Context) => new EC2Client(options(context));
export const elb = (context: Context) => new ElasticLoadBalancingV2Client(options(context));
export const autoScaling = (context: Context) => new AutoScalingClient(options(context));
export const dynamodb = (context: Context) => new DynamoDBClient(options(context));
export const route53 = (context: Context) => new Route53Client(options(context));
export const s3 = (context: Context) => new S3Client({ ...options(context), forcePathStyle: true });
