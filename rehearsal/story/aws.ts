import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EC2Client } from "@aws-sdk/client-ec2";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Context } from "./context.ts";

/** Clients of the local cloud, for what the story does by hand. */
const options = ({ session }: Context) => ({
  endpoint: session.endpoint,
  region: "eu-central-1",
  credentials: { accessKeyId: "rehearsal", secretAccessKey: "rehearsal" },
});

export const ec2 = (context: Context) => new EC2Client(options(context));
export const elb = (context: Context) => new ElasticLoadBalancingV2Client(options(context));
export const autoScaling = (context: Context) => new AutoScalingClient(options(context));
export const dynamodb = (context: Context) => new DynamoDBClient(options(context));
