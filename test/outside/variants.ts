import { office, runProgram, v1, v2, type Run } from "../whole-program.ts";

const gated = "ami-44444444";
const certificateArn = "arn:aws:acm:eu-central-1:111111111111:certificate/12345678-1234-1234-1234-123456789012";
const domain = { domain: "app.example.com", hostedZoneId: "Z0123456789ABC" };
const network = {
  vpcId: "vpc-12345678",
  publicSubnetIds: ["subnet-aaaaaaaa", "subnet-bbbbbbbb"],
  privateSubnetIds: ["subnet-cccccccc", "subnet-dddddddd"],
};

/** The stacks' own files, and settings that make other resources of them. */
const settings: Record<string, [stack: string, settings: Record<string, unknown>]> = {
  dev: ["dev", { blueAmi: v1, ...office }],
  staging: ["staging", { blueAmi: v1, certificateArn, domain: domain.domain }],
  prod: ["prod", { blueAmi: v1, ...domain }],
  "a canary on a boot gate": ["dev", { ...office, blueAmi: v1, greenAmi: gated, standby: "warm", standbyWeight: 10 }],
  "a way out through endpoints alone, with keys and logs of its own": [
    "staging",
    {
      blueAmi: v1,
      certificateArn,
      domain: domain.domain,
      natGateways: "none",
      trustedAccounts: ["222222222222"],
      customerKey: true,
      flowLogs: true,
    },
  ],
  "an existing VPC": ["dev", { blueAmi: v1, ...office, natGateways: "none", ...network }],
  "on demand, without metrics by the minute": [
    "dev",
    {
      ...office,
      blueAmi: v2,
      spotPercentage: 0,
      detailedMonitoring: false,
      logRetention: 7,
      backendPorts: [5432, 6379],
    },
  ],
  "told and previewed": [
    "prod",
    {
      ...domain,
      blueAmi: v1,
      degradedAlarm: true,
      notificationEmails: ["a@example.com"],
      previewCidrs: ["192.0.2.0/24"],
      instancePolicyArns: ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"],
    },
  ],
};

/** What the program registers for each. */
export async function variants(): Promise<Record<string, Run>> {
  const runs: Record<string, Run> = {};
  for (const [name, [stack, given]] of Object.entries(settings)) runs[name] = await runProgram(stack, given);
  return runs;
}
