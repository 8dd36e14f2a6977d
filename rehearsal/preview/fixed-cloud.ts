import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  actionOf,
  type Answer,
  answerXml,
  AwsError,
  errorXml,
  parseQuery,
  type QueryStructure,
  textOf,
  textsOf,
} from "@bluegreen/query-protocol";
import type { Item } from "../../aws/releases-item.ts";

/** An image that can be deployed. */
export interface FixedImage {
  version: string;
  /** Whether its instances get healthy. */
  good: boolean;
  bootGate?: boolean;
}

/** An Auto Scaling group: it has the instances that it wants, at once. */
export interface FixedGroup {
  arn: string;
  color: string;
  imageId: string;
  targetGroupArn: string;
  minSize: number;
  maxSize: number;
  instances: string[];
}

/** A listener's live weights by target group. */
export type Weights = Record<string, number>;

/** The subnets of the VPC that is there, a public and a private one in each of two zones, as EC2 writes them. */
const subnets = ["1", "2", "3", "4"].map(
  (digit, index) =>
    `<item><subnetId>subnet-${digit.repeat(8)}</subnetId><vpcId>vpc-11111111</vpcId><cidrBlock>10.0.${digit}.0/24</cidrBlock>` +
    `<availabilityZone>eu-central-1${"ab"[index % 2]}</availabilityZone>` +
    `<availableIpAddressCount>200</availableIpAddressCount></item>`,
);
/** What EC2 answers about the network, which is always the same: no ACL but the VPC's own. */
const networkAnswers: Readonly<Record<string, string>> = {
  DescribeSubnets: `<DescribeSubnetsResponse><subnetSet>${subnets.join("")}</subnetSet></DescribeSubnetsResponse>`,
  DescribeNetworkAcls: "<DescribeNetworkAclsResponse><networkAclSet/></DescribeNetworkAclsResponse>",
};

const SERVICES: Readonly<Record<string, string>> = {
  DescribeAutoScalingGroups: "autoscaling",
  DescribeScalingActivities: "autoscaling",
  DescribeListeners: "elasticloadbalancing",
  DescribeLoadBalancers: "elasticloadbalancing",
  DescribeRules: "elasticloadbalancing",
  DescribeTargetHealth: "elasticloadbalancing",
};

/**
 * The part of AWS that decides on an update, as data: groups, target health, live weights, and the preview listener's
 * answers. Nothing in it changes by itself, so that a preview and the update after it see the same.
 */
export class FixedCloud {
  readonly images: Map<string, FixedImage>;
  readonly groups = new Map<string, FixedGroup>();
  readonly listeners = new Map<string, Weights>();
  /** Instances whose health checks fail. */
  readonly unhealthy = new Set<string>();
  /** Instances of earlier groups that are still registered, by target group. */
  readonly stale = new Map<string, string>();
  /** Colours whose answers through the preview listener are errors. */
  readonly failing = new Set<string>();
  /** Items of the stack's table, by their first key. */
  readonly items = new Map<string, Item>();
  /** Root device that the images are said to have: another one stands for a program that makes other templates. */
  rootDeviceName = "/dev/xvda";
  private launched = 0;
  private readonly server: Server = createServer((request, response) => this.answer(request, response));

  constructor(images: ReadonlyMap<string, FixedImage>) {
    this.images = new Map(images);
  }

  /** Starts answering on a free port of 127.0.0.1. */
  async start(): Promise<number> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return (this.server.address() as AddressInfo).port;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  /** Sets a group's bounds; it launches or ends instances until it has as many as it wants. */
  resize(group: FixedGroup, minSize: number, maxSize: number, desired = group.instances.length): void {
    Object.assign(group, { minSize, maxSize });
    const wanted = Math.min(Math.max(desired, minSize), maxSize);
    while (group.instances.length > wanted) group.instances.pop();
    while (group.instances.length < wanted) {
      group.instances.push(`i-${String(++this.launched).padStart(17, "0")}`);
    }
  }

  /** The colour's group that is there now. */
  groupOf(color: string): FixedGroup | undefined {
    return [...this.groups.values()].find((group) => group.color === color);
  }

  /** Ends all that was wrong. */
  heal(): void {
    for (const what of [this.unhealthy, this.stale, this.failing, this.items]) what.clear();
    this.rootDeviceName = "/dev/xvda";
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      if (request.method === "GET") return this.answerPreview(request, response);
      const body = Buffer.concat(chunks).toString();
      const target = request.headers["x-amz-target"];
      // Nothing is revoked.
      if (target === "AmazonSSM.GetParametersByPath") return void response.end('{"Parameters":[]}');
      if (target !== undefined) return this.answerTable(String(target), body, response);
      const action = actionOf(body);
      if (networkAnswers[action]) return void response.end(networkAnswers[action]);
      const service = SERVICES[action] ?? "";
      try {
        response.end(answerXml(service, action, this.call(action, parseQuery(body))));
      } catch (error) {
        const fault = error instanceof AwsError ? error : new AwsError("InternalFailure", String(error), 500);
        response.writeHead(fault.status).end(errorXml(service, fault));
      }
    });
  }

  private answerPreview(request: IncomingMessage, response: ServerResponse): void {
    const color = String(request.headers["x-bluegreen-preview"]);
    const group = this.groupOf(color);
    const image = this.images.get(group?.imageId ?? "");
    if (!group?.instances.length || this.failing.has(color)) return void response.writeHead(503).end();
    response.end(JSON.stringify({ color, version: image?.version }));
  }

  /** DynamoDB speaks JSON, and the program asks for single items alone. */
  private answerTable(target: string, body: string, response: ServerResponse): void {
    response.setHeader("content-type", "application/x-amz-json-1.0");
    if (target !== "DynamoDB_20120810.GetItem") {
      const fault = { __type: "UnknownOperationException", message: `nobody expected ${target}` };
      return void response.writeHead(400).end(JSON.stringify(fault));
    }
    const { Key } = JSON.parse(body) as { Key: { pk: { S: string } } };
    response.end(JSON.stringify({ Item: this.items.get(Key.pk.S) }));
  }

  private call(action: string, query: QueryStructure): { [member: string]: Answer } {
    switch (action) {
      case "DescribeAutoScalingGroups":
        return { AutoScalingGroups: textsOf(query.AutoScalingGroupNames).flatMap((name) => this.describedGroup(name)) };
      // The program tries its access with it, whatever there is.
      case "DescribeLoadBalancers":
        return { LoadBalancers: [] };
      case "DescribeScalingActivities":
        return { Activities: this.activities(textOf(query.AutoScalingGroupName) ?? "") };
      case "DescribeListeners":
        return { Listeners: textsOf(query.ListenerArns).map((arn) => this.describedListener(arn)) };
      case "DescribeRules":
        return { Rules: [] };
      case "DescribeTargetHealth":
        return { TargetHealthDescriptions: this.targets(textOf(query.TargetGroupArn) ?? "") };
      default:
        throw new AwsError("InvalidAction", `nobody expected ${action}`);
    }
  }

  private describedGroup(name: string): Answer[] {
    const group = this.groups.get(name);
    if (!group) return [];
    return [
      {
        AutoScalingGroupName: name,
        MinSize: group.minSize,
        MaxSize: group.maxSize,
        DesiredCapacity: group.instances.length,
        Instances: group.instances.map((InstanceId) => ({ InstanceId, LifecycleState: "InService" })),
      },
    ];
  }

  private isHealthy(group: FixedGroup, id: string): boolean {
    return this.images.get(group.imageId)?.good === true && !this.unhealthy.has(id);
  }

  /** A group with unhealthy instances has replaced two of them, in vain: what is not healthy stays so, and no wait is long. */
  private activities(name: string): Answer[] {
    const group = this.groups.get(name);
    if (!group || group.instances.every((id) => this.isHealthy(group, id))) return [];
    return ["1", "2"].map((ActivityId) => ({
      ActivityId,
      StatusCode: "Successful",
      Cause: "an instance was taken out of service in response to an ELB system health check failure.",
      StartTime: new Date(),
      AutoScalingGroupName: name,
    }));
  }

  private describedListener(arn: string): Answer {
    const weights = this.listeners.get(arn);
    if (!weights) throw new AwsError("ListenerNotFound", `One or more listeners not found`);
    const TargetGroups = Object.entries(weights).map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight }));
    return { ListenerArn: arn, DefaultActions: [{ Type: "forward", ForwardConfig: { TargetGroups } }] };
  }

  private targets(arn: string): Answer[] {
    const target = (Id: string, healthy: boolean): Answer => ({
      Target: { Id },
      TargetHealth: healthy
        ? { State: "healthy" }
        : { State: "unhealthy", Description: "Health checks failed with these codes: [503]" },
    });
    const groups = [...this.groups.values()].filter((group) => group.targetGroupArn === arn);
    const own = groups.flatMap((group) => group.instances.map((id) => target(id, this.isHealthy(group, id))));
    const stale = this.stale.get(arn);
    return stale ? [...own, target(stale, true)] : own;
  }
}
