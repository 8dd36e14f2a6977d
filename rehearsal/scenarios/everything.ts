import { GetWebACLForResourceCommand } from "@aws-sdk/client-wafv2";
import {
  DescribeFlowLogsCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcEndpointsCommand,
} from "@aws-sdk/client-ec2";
import { DescribeLoadBalancersCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { listenerName } from "../../deployment/names.ts";
import type { ConfigValue } from "../engine/settings.ts";
import type { RehearsalStack } from "../engine/stack.ts";
import { startLoad } from "../load/load.ts";
import { ec2, elb, wafv2 } from "./aws.ts";
import { alone } from "./census.ts";
import { expectTouched, type Context, type Findings, type Step } from "./context.ts";
import { makeCertificate, makeZone, removeCertificate, removeZone } from "./domains.ts";
import { ask } from "./https.ts";
import { fixtures } from "./release.ts";

/** The stack; a longer name would be cut in those of its target groups. */
const name = "full";
const zoneName = "rehearsal.test";
const domain = `all.${zoneName}`;
const hstsMaxAge = 86_400;

/** Every setting that makes something of its own, switched on. */
const switchedOn: Readonly<Record<string, ConfigValue>> = {
  minSize: 1,
  maxSize: 2,
  natGateways: "none",
  trustedAccounts: ["222222222222"],
  flowLogs: true,
  customerKey: true,
  waf: true,
  wafRateLimit: 100_000,
  hstsMaxAge,
  accessLogs: true,
  deletionProtection: false,
  allowedCidrs: ["127.0.0.0/8"],
  previewCidrs: ["127.0.0.0/8"],
  notificationEmails: ["ops@example.com"],
};

interface Outputs {
  readonly listenerArn: string;
}

/** Looks in AWS whether what was switched on is there. */
async function expectSwitchedOn(context: Context, { listenerArn }: Outputs, at: string): Promise<void> {
  const ResourceArn = listenerArn.replace(":listener/", ":loadbalancer/").replace(/\/[^/]+$/, "");
  const { WebACL } = await wafv2(context).send(new GetWebACLForResourceCommand({ ResourceArn }));
  if (WebACL?.Rules?.length !== 4) throw new Error(`the load balancer's web ACL was to have 4 rules: ${WebACL?.Name}`);
  const asked = new DescribeLoadBalancersCommand({ LoadBalancerArns: [ResourceArn] });
  const vpc = (await elb(context).send(asked)).LoadBalancers?.[0]?.VpcId ?? "";
  const { FlowLogs = [] } = await ec2(context).send(new DescribeFlowLogsCommand({}));
  if (!FlowLogs.some(({ ResourceId }) => ResourceId === vpc)) throw new Error(`${vpc} has no flow logs`);
  const inVpc = [{ Name: "vpc-id", Values: [vpc] }];
  const { VpcEndpoints = [] } = await ec2(context).send(new DescribeVpcEndpointsCommand({ Filters: inVpc }));
  const open = VpcEndpoints.filter(({ PolicyDocument = "" }) => !PolicyDocument.includes("aws:PrincipalAccount"));
  if (VpcEndpoints.length === 0 || open.length > 0)
    throw new Error(`endpoints without a policy: ${open.map(({ ServiceName }) => ServiceName).join(", ")}`);
  const { SecurityGroups = [] } = await ec2(context).send(new DescribeSecurityGroupsCommand({ Filters: inVpc }));
  const group = SecurityGroups.find(({ GroupName }) => GroupName === "default");
  const rules = [...(group?.IpPermissions ?? []), ...(group?.IpPermissionsEgress ?? [])];
  if (!group || rules.length > 0) throw new Error(`the VPC's default security group has ${rules.length} rules`);
  const { headers } = await ask(context, `https://${domain}/version`, at);
  const hsts = headers["strict-transport-security"];
  if (hsts !== `max-age=${hstsMaxAge}`) throw new Error(`Strict-Transport-Security was ${String(hsts)}`);
}

/** Updates the stack; anything but success ends the step. */
async function updated(context: Context, stack: RehearsalStack, settings: Readonly<Record<string, ConfigValue>>) {
  stack.setConfig(Object.fromEntries(Object.entries(settings).map(([key, value]) => [`bluegreen:${key}`, value])));
  const result = await alone(context, name, () => stack.up({ onProgress: context.progress }));
  if (!result.ok) throw new Error(`the update with everything on was to succeed, but: ${result.error}`);
  return result;
}

/** The story of a release: a new image beside the old one, a canary, all of the traffic, and back. */
async function tell(context: Context, stack: RehearsalStack, outputs: Outputs): Promise<string> {
  const own = (await context.session.state()).loadBalancers.find(({ listeners }) =>
    listeners.some(({ arn }) => arn === outputs.listenerArn),
  );
  const at = own?.dnsName ?? "";
  await expectSwitchedOn(context, outputs, at);
  const load = await startLoad({ url: `https://${at}:20443/`, rate: 20 });
  try {
    context.say("green comes up beside blue");
    await updated(context, stack, { greenAmi: context.session.images["good-v2"], standby: "warm" });
    for (const [step, settings] of [
      ["a canary", { standbyWeight: 10 }],
      ["the flip", { standbyWeight: 0, activeColor: "green" }],
      ["the rollback", { activeColor: "blue" }],
    ] as const) {
      context.say(step);
      expectTouched(await updated(context, stack, settings), [listenerName]);
    }
    expectTouched(await updated(context, stack, {}), []);
    context.say("the key is not given up");
    stack.setConfig({ "bluegreen:customerKey": false });
    const { ok, error = "" } = await alone(context, name, () => stack.up({ onProgress: context.progress }));
    if (ok || !/customerKey can't be switched off in a running stack/.test(error))
      throw new Error(`customerKey: false was to be refused, but: ${ok ? "it went through" : error}`);
    stack.setConfig({ "bluegreen:customerKey": true });
  } finally {
    await load.stop();
  }
  const { sent, failed, errors } = await load.window();
  if (failed > 0) throw new Error(`${failed} of ${sent} requests failed, the first: ${errors[0].failure}`);
  return `${sent} requests, 0 failed; canary, flip and rollback touched ${listenerName} alone, and an update without a change nothing`;
}

/** A stack beside dev with every setting on that makes something of its own. */
export const everything: Step = {
  name: "everything",
  title:
    "everything switched on: own key, firewall, flow logs, endpoint policies, HSTS; a flip touches the listener alone",
  from: (context) => context.handed ?? context.fixture ?? fixtures.blue(context),
  async run(context): Promise<Findings> {
    const zone = await makeZone(context, zoneName);
    const certificateArn = await makeCertificate(context, domain, zone);
    const blueAmi = context.session.images["good-v1"];
    const stack = context.session.stackOf(name, { ...switchedOn, blueAmi, domain, certificateArn });
    try {
      context.say(`${name} comes up`);
      const { outputs } = await updated(context, stack, {});
      const note = await tell(context, stack, outputs as unknown as Outputs);
      context.say(`${name} is destroyed`);
      const gone = await alone(context, name, () => stack.destroy({ onProgress: context.progress }));
      if (!gone.ok) throw new Error(`the stack with everything on was to be destroyed, but: ${gone.error}`);
      await removeCertificate(context, certificateArn);
      await removeZone(context, zone);
      return { touched: [], note };
    } finally {
      await context.session.stack.select();
    }
  },
};
