/** One evaluation in a process of its own, which prints its CPU time in seconds: `import` or `program`. */
import * as pulumi from "@pulumi/pulumi";
import * as state from "@pulumi/pulumi/runtime/state.js";
import * as aws from "@pulumi/aws";
import { Vpc } from "@pulumi/awsx/ec2/vpc.js";
import "@aws-sdk/client-auto-scaling";
import "@aws-sdk/client-dynamodb";
import "@aws-sdk/client-elastic-load-balancing-v2";
import "@aws-sdk/client-ssm";
import "@aws-sdk/client-sts";
import "@aws-sdk/credential-providers";
import { noRevocations } from "../no-revocations.ts";
import "ip-address";
import "zod";

const answers: Record<string, Record<string, unknown>> = {
  "pulumi:pulumi:readStackOutputs": { outputs: {} },
  "aws:index/getCallerIdentity:getCallerIdentity": { accountId: "111111111111" },
  "aws:index/getRegion:getRegion": { region: "eu-central-1" },
  "aws:index/getPartition:getPartition": { partition: "aws", reverseDnsPrefix: "com.amazonaws" },
  "aws:index/getAvailabilityZones:getAvailabilityZones": { names: ["a", "b", "c"] },
  "aws:ec2/getVpcEndpointService:getVpcEndpointService": { serviceName: "s", availabilityZones: ["a", "b", "c"] },
  "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": { locations: ["a", "b", "c"] },
  "aws:ec2/getAmi:getAmi": { state: "available", rootDeviceName: "/dev/xvda", tags: {} },
};

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

async function evaluate(): Promise<number> {
  let resources = 0;
  const hooks = new Map<string, pulumi.ResourceHook>();
  const mocks = {
    newResource: async ({ name, inputs }: { name: string; inputs: object }) => {
      resources++;
      // A group that is made: the engine tells the hook that asks whether it is new.
      await hooks.get(name.replace(/-group$/, "-news"))?.callback({ newInputs: inputs } as pulumi.ResourceHookArgs);
      return { id: `${name}-id`, state: inputs };
    },
    call: ({ token }: { token: string }) => {
      if (!answers[token]) throw new Error(`nobody expected a call of ${token}`);
      return answers[token];
    },
  };
  await pulumi.runtime.setMocks(mocks, "bluegreen", "prod", true, "organization");
  // Mocks don't know resource hooks; the SDK's own types don't tell of its store.
  const { getStore } = state as unknown as { getStore: () => { callbacks: unknown } };
  const nothing = () => Promise.resolve();
  const registerResourceHook = (hook: pulumi.ResourceHook) => Promise.resolve(void hooks.set(hook.name, hook));
  getStore().callbacks = { registerResourceHook, awaitStackRegistrations: nothing, shutdown: nothing };
  const store = await noRevocations();
  pulumi.runtime.setAllConfig({
    ...store.config,
    // Nothing answers for AWS here: the clients are made, and not tried.
    "aws:region": "eu-central-1",
    "aws:skipCredentialsValidation": "true",
    "bluegreen:blueAmi": "ami-11111111",
    "bluegreen:greenAmi": "ami-22222222",
    "bluegreen:standby": "warm",
    "bluegreen:allowedCidrs": '["0.0.0.0/0"]',
    "bluegreen:allowHttp": "true",
  });
  const { default: program } = (await import("../../index.ts")) as unknown as { default: () => Promise<unknown> };
  await program().finally(() => store.close());
  await pulumi.runtime.disconnect();
  return resources;
}

async function main(what: string): Promise<void> {
  touch();
  if (what === "program" && (await evaluate()) < 40)
    throw new Error("the program registered too little to be measured");
  const { user, system } = process.cpuUsage();
  console.log((user + system) / 1e6);
  process.exit(0);
}

void main(process.argv[2]);
