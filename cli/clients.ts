import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EC2Client } from "@aws-sdk/client-ec2";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { KMSClient } from "@aws-sdk/client-kms";
import { SNSClient } from "@aws-sdk/client-sns";
import { SSMClient } from "@aws-sdk/client-ssm";
import { endpointNames, type ClientOptions } from "../aws/clients.ts";

/** What the commands ask of AWS, with the region, the credentials and the endpoints of the stack's own provider. */
export interface Clients {
  readonly autoScaling: AutoScalingClient;
  readonly cloudWatch: CloudWatchClient;
  readonly dynamodb: DynamoDBClient;
  readonly ec2: EC2Client;
  readonly elb: ElasticLoadBalancingV2Client;
  readonly logs: CloudWatchLogsClient;
  readonly sns: SNSClient;
  readonly ssm: SSMClient;
  /** A client of KMS, loaded when it is asked for: only stacks with signed images need one. Default region: the stack's. */
  readonly kms: (region?: string) => Promise<KMSClient>;
}

export function clientsOf({ of }: ClientOptions): Clients {
  return {
    autoScaling: new AutoScalingClient(of(...endpointNames.autoScaling)),
    cloudWatch: new CloudWatchClient(of("cloudwatch")),
    dynamodb: new DynamoDBClient(of("dynamodb")),
    ec2: new EC2Client(of("ec2")),
    elb: new ElasticLoadBalancingV2Client(of(...endpointNames.elb)),
    logs: new CloudWatchLogsClient(of("logs", "cloudwatchlogs", "cloudwatchlog")),
    sns: new SNSClient(of("sns")),
    ssm: new SSMClient(of("ssm")),
    kms: async (region) => {
      const { KMSClient } = await import("@aws-sdk/client-kms");
      const options = of("kms");
      return new KMSClient({ ...options, region: region ?? options.region });
    },
  };
}
