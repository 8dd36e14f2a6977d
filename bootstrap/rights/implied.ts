/** Rights that come with others and that no request shows: AWS asks for them on the way, or the official provider does. */
export interface Implied {
  /** What brings it along: an operation by botocore's names. */
  readonly with: string;
  readonly actions: readonly string[];
  /** Who says so. */
  readonly source: string;
}

const ec2Tags = "Amazon EC2 user guide, Grant permission to tag Amazon EC2 resources during creation";
const elbTags = "Elastic Load Balancing user guide, Tag API permissions: resources tagged at their creation";
const provider = (file: string) => `hashicorp/terraform-provider-aws, internal/service/${file}`;

/** What AWS itself asks for on the way. */
const byAws: readonly Implied[] = [
  ...["CreateVpc", "CreateSubnet", "CreateInternetGateway", "CreateRouteTable"].map((operation) => ({
    with: `ec2:${operation}`,
    actions: ["ec2:CreateTags"],
    source: ec2Tags,
  })),
  ...["CreateSecurityGroup", "CreateLaunchTemplate", "CreateVpcEndpoint"].map((operation) => ({
    with: `ec2:${operation}`,
    actions: ["ec2:CreateTags"],
    source: ec2Tags,
  })),
  ...["CreateLoadBalancer", "CreateTargetGroup", "CreateListener", "CreateRule"].map((operation) => ({
    with: `elbv2:${operation}`,
    actions: ["elasticloadbalancing:AddTags"],
    source: elbTags,
  })),
  {
    with: "elbv2:CreateLoadBalancer",
    actions: ["iam:CreateServiceLinkedRole"],
    source: "Elastic Load Balancing user guide, Service-linked roles",
  },
  {
    with: "autoscaling:CreateAutoScalingGroup",
    actions: [
      ...["autoscaling:CreateOrUpdateTags", "ec2:CreateTags", "ec2:RunInstances"],
      ...["iam:CreateServiceLinkedRole", "iam:PassRole"],
    ],
    source: "Amazon EC2 Auto Scaling user guide, Control Amazon EC2 launch template usage in Auto Scaling groups",
  },
  // UpdateAutoScalingGroup asks for these only where it names a template: a deployment does, and no rollback.
  {
    with: "ec2:RunInstances",
    actions: ["ec2:CreateTags", "iam:PassRole"],
    source: "Amazon EC2 user guide, IAM roles for Amazon EC2: granting permission to pass a role",
  },
  {
    with: "iam:AddRoleToInstanceProfile",
    actions: ["iam:PassRole"],
    source: "IAM API reference, AddRoleToInstanceProfile",
  },
  { with: "iam:CreateRole", actions: ["iam:TagRole"], source: "IAM user guide, Tagging IAM roles" },
  {
    with: "iam:CreateInstanceProfile",
    actions: ["iam:TagInstanceProfile"],
    source: "IAM user guide, Tagging instance profiles",
  },
  {
    with: "dynamodb:CreateTable",
    actions: ["dynamodb:TagResource"],
    source: "Amazon DynamoDB API reference, CreateTable",
  },
  { with: "kms:CreateKey", actions: ["kms:TagResource"], source: "AWS KMS API reference, CreateKey" },
  { with: "sns:CreateTopic", actions: ["sns:TagResource"], source: "Amazon SNS developer guide, Tagging topics" },
  {
    with: "sns:Publish",
    actions: ["kms:Decrypt", "kms:GenerateDataKey"],
    source: "Amazon SNS developer guide, Key management: a publisher to an encrypted topic",
  },
  {
    with: "logs:CreateLogGroup",
    actions: ["logs:TagResource"],
    source: "Amazon CloudWatch Logs API reference, CreateLogGroup",
  },
  ...["PutMetricAlarm", "PutCompositeAlarm"].map((operation) => ({
    with: `cloudwatch:${operation}`,
    actions: ["cloudwatch:TagResource"],
    source: `Amazon CloudWatch API reference, ${operation}`,
  })),
];

/** What the official provider reads or calls, and the stand-in of the rehearsal does not. */
const byProvider: readonly Implied[] = [
  {
    with: "s3:CreateBucket",
    actions: [
      ...["s3:GetAccelerateConfiguration", "s3:GetBucketCORS", "s3:GetBucketLogging"],
      ...["s3:GetBucketObjectLockConfiguration", "s3:GetBucketRequestPayment", "s3:GetBucketVersioning"],
      ...["s3:GetBucketWebsite", "s3:GetReplicationConfiguration"],
    ],
    source: provider("s3/bucket.go"),
  },
  {
    with: "elbv2:ModifyListener",
    actions: ["elasticloadbalancing:DescribeListenerAttributes"],
    source: provider("elbv2/listener.go"),
  },
  {
    with: "elbv2:CreateLoadBalancer",
    actions: ["elasticloadbalancing:DescribeCapacityReservation"],
    source: "AWS::ElasticLoadBalancingV2::LoadBalancer, permissions of its read handler",
  },
  ...["subnet", "security_group"].map((name) => ({
    with: name === "subnet" ? "ec2:DeleteSubnet" : "ec2:DeleteSecurityGroup",
    // What Lambda leaves behind in either is looked for before it goes.
    actions: ["ec2:DescribeNetworkInterfaces"],
    source: provider(`ec2/vpc_${name}.go`),
  })),
  { with: "dynamodb:CreateTable", actions: ["dynamodb:DescribeTimeToLive"], source: provider("dynamodb/table.go") },
];

/** What settings bring along that no recorded stack has; packages/provider-stub/handlers/ has the calls. */
const bySettings: readonly Implied[] = [
  {
    with: "ec2:CreateVpc",
    actions: [
      ...["ec2:AllocateAddress", "ec2:CreateNatGateway", "ec2:CreateTags", "ec2:DeleteNatGateway"],
      ...["ec2:DescribeAddresses", "ec2:DescribeAddressesAttribute", "ec2:DescribeNatGateways"],
      ...["ec2:DisassociateAddress", "ec2:ReleaseAddress"],
    ],
    source: "natGateways: single or one-per-az",
  },
  {
    with: "elbv2:CreateLoadBalancer",
    actions: [
      ...["acm:AddTagsToCertificate", "acm:DeleteCertificate", "acm:DescribeCertificate"],
      ...["acm:ListTagsForCertificate", "acm:RequestCertificate", "route53:ChangeResourceRecordSets"],
      ...["route53:GetChange", "route53:GetHostedZone", "route53:ListResourceRecordSets"],
    ],
    source: "domain with hostedZoneId",
  },
];

export const implied: readonly Implied[] = [...byAws, ...byProvider, ...bySettings];
