import { ACMClient } from "@aws-sdk/client-acm";
import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EC2Client } from "@aws-sdk/client-ec2";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { IAMClient } from "@aws-sdk/client-iam";
import { KMSClient } from "@aws-sdk/client-kms";
import { Route53Client } from "@aws-sdk/client-route-53";
import { S3Client } from "@aws-sdk/client-s3";
import { SNSClient } from "@aws-sdk/client-sns";
import { WAFV2Client } from "@aws-sdk/client-wafv2";
import { endpointOf, type Settings } from "./settings.ts";

/** AWS SDK clients, all of them aimed at the local cloud. */
export interface Clients {
  readonly acm: ACMClient;
  readonly autoscaling: AutoScalingClient;
  readonly cloudwatch: CloudWatchClient;
  readonly dynamodb: DynamoDBClient;
  readonly ec2: EC2Client;
  readonly elb: ElasticLoadBalancingV2Client;
  readonly iam: IAMClient;
  readonly kms: KMSClient;
  readonly logs: CloudWatchLogsClient;
  readonly route53: Route53Client;
  readonly s3: S3Client;
  readonly sns: SNSClient;
  readonly wafv2: WAFV2Client;
}

/** The clients for a provider's settings, each made when it is first used. */
export function clientsOf(settings: Settings): Clients {
  const made = new Map<string, unknown>();
  const once = <T>(service: string, make: (options: ReturnType<typeof optionsOf>) => T): T => {
    if (!made.has(service)) made.set(service, make(optionsOf(settings, service)));
    return made.get(service) as T;
  };
  return {
    get acm() {
      return once("acm", (options) => new ACMClient(options));
    },
    get autoscaling() {
      return once("autoscaling", (options) => new AutoScalingClient(options));
    },
    get cloudwatch() {
      return once("cloudwatch", (options) => new CloudWatchClient(options));
    },
    get dynamodb() {
      return once("dynamodb", (options) => new DynamoDBClient(options));
    },
    get ec2() {
      return once("ec2", (options) => new EC2Client(options));
    },
    get elb() {
      return once("elbv2", (options) => new ElasticLoadBalancingV2Client(options));
    },
    get iam() {
      return once("iam", (options) => new IAMClient(options));
    },
    get kms() {
      return once("kms", (options) => new KMSClient(options));
    },
    get logs() {
      return once("logs", (options) => new CloudWatchLogsClient(options));
    },
    get route53() {
      return once("route53", (options) => new Route53Client(options));
    },
    get s3() {
      return once("s3", (options) => new S3Client({ ...options, forcePathStyle: true }));
    },
    get sns() {
      return once("sns", (options) => new SNSClient(options));
    },
    get wafv2() {
      return once("wafv2", (options) => new WAFV2Client(options));
    },
  };
}

function optionsOf(settings: Settings, service: string) {
  return {
    region: settings.region,
    endpoint: endpointOf(settings, service),
    credentials: { accessKeyId: settings.accessKey, secretAccessKey: settings.secretKey },
  };
}
