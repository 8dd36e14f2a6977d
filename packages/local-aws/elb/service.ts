import type { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { reply, type Call, type PassOn, type Reply } from "../call.ts";
import type { Ec2Directory } from "../ec2/directory.ts";
import {
  answerXml,
  AwsError,
  numberOf,
  type QueryStructure,
  structuresOf,
  textOf,
  textsOf,
} from "@bluegreen/query-protocol";
import { notRehearsed } from "../errors.ts";
import { checkAccessLogs } from "./access-logs.ts";
import type { Addresses } from "./addresses.ts";
import type { Balancer } from "./balancer.ts";
import * as refusals from "./refusals.ts";
import type { Targets } from "./targets.ts";
import { emptyTopology, readTopology, usage, type Listener, type LoadBalancer, type Topology } from "./topology.ts";

/** What Elastic Load Balancing needs from the rest of the cloud. */
export interface ElbArgs {
  /** A client that talks to moto itself. */
  elb: ElasticLoadBalancingV2Client;
  ec2: Ec2Directory;
  targets: Targets;
  balancer: Balancer;
  /** ACM's status of a certificate; undefined: there is none. */
  certificateStatus(arn: string): Promise<string | undefined>;
  /** S3's policy of a bucket; undefined: there is none. */
  bucketPolicy(bucket: string): Promise<string | undefined>;
  addresses: Addresses;
}

/** Elastic Load Balancing: moto keeps what exists, this keeps it honest and runs the data plane. */
export class ElbService {
  topology: Topology = emptyTopology;
  private queue: Promise<unknown> = Promise.resolve();

  private readonly args: ElbArgs;

  constructor(args: ElbArgs) {
    this.args = args;
  }

  /** Answers a call. Calls that change something go one after the other, so that each is checked against the truth. */
  async answer(call: Call, passOn: PassOn): Promise<Reply> {
    const own = this.own(call);
    if (own) {
      return reply(answerXml(call.service, call.action, own));
    }
    if (call.action.startsWith("Describe")) {
      return this.rewrite(await passOn(this.describeBody(call)));
    }
    const turn = this.queue.then(async () => {
      await this.refuse(call);
      const answer = await passOn();
      if (!call.action.endsWith("Tags")) {
        await this.refresh();
      }
      return this.rewrite(answer);
    });
    this.queue = turn.catch(() => undefined);
    return turn;
  }

  /** Reads everything anew and lets registry and data plane follow. */
  async refresh(): Promise<void> {
    this.topology = await readTopology(this.args.elb);
    this.args.targets.apply(this.topology);
    await this.args.balancer.apply(this.topology);
  }

  /** What moto gets wrong altogether: targets, their health, and a load balancer without target groups. */
  private own({ action, params }: Call): Parameters<typeof answerXml>[2] | undefined {
    const { targets } = this.args;
    const arn = textOf(params.TargetGroupArn) ?? "";
    const wanted = structuresOf(params.Targets).map((target) => ({
      id: textOf(target.Id) ?? "",
      port: numberOf(target.Port),
    }));
    switch (action) {
      case "RegisterTargets":
        targets.register(arn, wanted);
        return {};
      case "DeregisterTargets":
        void targets.deregister(arn, wanted);
        return {};
      case "DescribeTargetHealth":
        return {
          TargetHealthDescriptions: targets.describe(arn, wanted).map((target) => ({
            Target: { Id: target.id, Port: target.port },
            HealthCheckPort: target.healthCheckPort,
            TargetHealth: { State: target.state, Reason: target.reason, Description: target.description },
          })),
        };
      case "DescribeTargetGroups": {
        const balancer = textOf(params.LoadBalancerArn);
        return balancer && this.groupsOf(balancer).length === 0 ? { TargetGroups: [] } : undefined;
      }
      default:
        return undefined;
    }
  }

  private async refuse({ action, params }: Call): Promise<void> {
    switch (action) {
      case "CreateLoadBalancer":
        return refusals.checkCreateLoadBalancer(params, await this.surroundings(params));
      case "SetSubnets": {
        const ids = refusals.subnetIdsOf(params);
        return refusals.checkSubnets(ids, await this.args.ec2.subnets(ids));
      }
      case "DeleteLoadBalancer":
        return refusals.checkDeleteLoadBalancer(
          this.topology.loadBalancers.find((balancer) => balancer.arn === textOf(params.LoadBalancerArn)),
        );
      case "ModifyLoadBalancerAttributes": {
        const known = this.topology.loadBalancers.find((one) => one.arn === textOf(params.LoadBalancerArn));
        return checkAccessLogs(params, known, (bucket) => this.args.bucketPolicy(bucket));
      }
      case "CreateTargetGroup":
        return refusals.checkTargetGroup(params);
      case "ModifyTargetGroup": {
        const known = this.topology.targetGroups.find((group) => group.arn === textOf(params.TargetGroupArn));
        return refusals.checkTargetGroup(params, known);
      }
      case "ModifyTargetGroupAttributes":
        return refusals.checkTargetGroupAttributes(params);
      case "CreateListener": {
        const balancer = this.balancerOf(textOf(params.LoadBalancerArn));
        refusals.checkListener(params, balancer, this.topology);
        await this.checkCertificates(params);
        return refusals.checkActions(structuresOf(params.DefaultActions), "defaultActions", balancer, this.topology);
      }
      case "ModifyListener": {
        const listener = this.listenerOf(textOf(params.ListenerArn));
        const balancer = this.balancerOf(listener.loadBalancerArn);
        refusals.checkListener(params, balancer, this.topology, listener);
        await this.checkCertificates(params);
        return refusals.checkActions(structuresOf(params.DefaultActions), "defaultActions", balancer, this.topology);
      }
      case "AddListenerCertificates":
        throw notRehearsed("more than one certificate a listener", "packages/local-aws/elb/balancer.ts");
      case "CreateRule":
      case "ModifyRule": {
        const rule = textOf(params.RuleArn);
        const listener = rule
          ? this.topology.listeners.find((item) => item.rules.some((own) => own.RuleArn === rule))
          : this.listenerOf(textOf(params.ListenerArn));
        if (!listener) {
          throw new AwsError("RuleNotFound", "The specified rule does not exist");
        }
        if (action === "CreateRule") {
          refusals.checkPriority(params, listener);
        }
        const balancer = this.balancerOf(listener.loadBalancerArn);
        return refusals.checkActions(structuresOf(params.Actions), "actions", balancer, this.topology);
      }
    }
  }

  private async checkCertificates(params: QueryStructure): Promise<void> {
    for (const certificate of structuresOf(params.Certificates)) {
      const arn = textOf(certificate.CertificateArn) ?? "";
      refusals.checkCertificate(arn, await this.args.certificateStatus(arn));
    }
  }

  private async surroundings(params: QueryStructure): Promise<refusals.LoadBalancerSurroundings> {
    const { ec2 } = this.args;
    const [subnets, securityGroups] = await Promise.all([
      ec2.subnets(refusals.subnetIdsOf(params)),
      ec2.securityGroups(textsOf(params.SecurityGroups)),
    ]);
    const vpcId = subnets[0]?.vpcId;
    const hasInternetGateway = vpcId !== undefined && (await ec2.hasInternetGateway(vpcId));
    return { topology: this.topology, subnets, securityGroups, hasInternetGateway };
  }

  private balancerOf(arn: string | undefined): LoadBalancer {
    const balancer = this.topology.loadBalancers.find((candidate) => candidate.arn === arn);
    if (!balancer) {
      throw new AwsError("LoadBalancerNotFound", `Load balancers '[${arn ?? ""}]' not found`);
    }
    return balancer;
  }

  private listenerOf(arn: string | undefined): Listener {
    const listener = this.topology.listeners.find((candidate) => candidate.arn === arn);
    if (!listener) {
      throw new AwsError("ListenerNotFound", `Listeners '[${arn ?? ""}]' not found`);
    }
    return listener;
  }

  /** moto never forgets which load balancers a target group had, so its filter by load balancer is replaced. */
  private describeBody({ action, params }: Call): string | undefined {
    const balancer = textOf(params.LoadBalancerArn);
    if (action !== "DescribeTargetGroups" || !balancer) {
      return undefined;
    }
    const body = new URLSearchParams({ Action: action, Version: "2015-12-01" });
    this.groupsOf(balancer).forEach((arn, index) => body.set(`TargetGroupArns.member.${index + 1}`, arn));
    return body.toString();
  }

  private groupsOf(loadBalancerArn: string): string[] {
    return [...usage(this.topology)].filter(([, users]) => users.has(loadBalancerArn)).map(([arn]) => arn);
  }

  /** Puts local addresses and the true use of target groups in the place of moto's. */
  private rewrite(answer: Reply): Reply {
    const names = new Map(this.topology.loadBalancers.map((balancer) => [balancer.dnsName, balancer.name]));
    const users = usage(this.topology);
    const body = answer.body
      // moto gives every listener a TLS policy.
      .replace(/(<Protocol>HTTP<\/Protocol>)<SslPolicy>[^<]*<\/SslPolicy>/g, "$1")
      .replace(/<DNSName>([^<]*)<\/DNSName>/g, (text, dnsName: string) => {
        const name = names.get(dnsName);
        return name ? `<DNSName>${this.args.addresses.of(name)}</DNSName>` : text;
      })
      .replace(
        /(<TargetGroupArn>([^<]*)<\/TargetGroupArn><TargetGroupName>.*?)<LoadBalancerArns(?:\/>|>.*?<\/LoadBalancerArns>)/gs,
        (_text, before: string, arn: string) => {
          const members = [...(users.get(arn) ?? [])].map((user) => `<member>${user}</member>`);
          return `${before}<LoadBalancerArns>${members.join("")}</LoadBalancerArns>`;
        },
      );
    return { ...answer, body };
  }
}
