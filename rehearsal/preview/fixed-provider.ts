import { randomUUID } from "node:crypto";
import sdk from "@pulumi/aws/package.json" with { type: "json" };
import {
  INVOKES,
  type Invoke,
  isBlock,
  type Props,
  type Row,
  ROWS,
  serve,
  Sessions,
  text,
} from "@bluegreen/provider-stub/parts";
import type { FixedCloud } from "./fixed-cloud.ts";

const region = "eu-central-1";
const account = "111111111111";

/** What AWS adds to a resource of these types, beside an ARN, by its id. */
const additions: Readonly<Record<string, (id: string) => Props>> = {
  "aws:iam/role:Role": (id) => ({ name: id }),
  "aws:lb/loadBalancer:LoadBalancer": (id) => ({ arnSuffix: `app/${id}/1`, dnsName: "127.0.0.1", zoneId: "ZALB" }),
  "aws:lb/targetGroup:TargetGroup": (id) => ({ arnSuffix: `targetgroup/${id}/1` }),
};

/** Types whose id is their name. */
const namedTypes = /:(Group|Policy|Role|InstanceProfile|Dashboard|LogGroup|Bucket|Table|MetricAlarm|CompositeAlarm)$/;
/** Types whose id is their ARN. */
const arnTypes = /^aws:lb\/|:Topic$/;

/** The resources as they were made, by type and id. */
class Store {
  private readonly kept = new Map<string, Props>();
  private readonly cloud: FixedCloud;

  constructor(cloud: FixedCloud) {
    this.cloud = cloud;
  }

  create(row: Row, inputs: Props): string {
    const name = [inputs.name, inputs.dashboardName, inputs.bucket].map(text).find(Boolean) ?? randomUUID();
    const arn = `arn:aws:fixed:${region}:${account}:${row.type.split(":")[2]}/${name}`;
    const id = arnTypes.test(row.type) ? arn : namedTypes.test(row.type) ? name : `${name}-${randomUUID().slice(0, 8)}`;
    this.kept.set(`${row.type} ${id}`, { arn, ...additions[row.type]?.(name), ...this.version(row, 1) });
    this.act(row, id, inputs);
    return id;
  }

  update(row: Row, id: string, inputs: Props, state: Props): void {
    const before = this.kept.get(`${row.type} ${id}`) ?? {};
    this.kept.set(`${row.type} ${id}`, { ...before, ...this.version(row, Number(state.latestVersion) + 1) });
    this.act(row, id, inputs);
  }

  read(row: Row, id: string, inputs: Props): Props | undefined {
    const kept = this.kept.get(`${row.type} ${id}`);
    return kept && { ...Object.fromEntries([...row.args.keys()].map((key) => [key, inputs[key]])), ...kept };
  }

  remove(row: Row, id: string): void {
    this.kept.delete(`${row.type} ${id}`);
    if (row.type === "aws:autoscaling/group:Group") this.cloud.groups.delete(id);
  }

  private version(row: Row, latestVersion: number): Props {
    return row.type === "aws:ec2/launchTemplate:LaunchTemplate" ? { latestVersion, defaultVersion: latestVersion } : {};
  }

  /** What the fixed cloud itself has of it. */
  private act(row: Row, id: string, inputs: Props): void {
    if (row.type === "aws:ec2/launchTemplate:LaunchTemplate") this.templates.set(id, String(inputs.imageId));
    if (row.type === "aws:autoscaling/group:Group") this.setGroup(id, inputs);
    if (row.type === "aws:lb/listener:Listener") {
      const groups = blocks(inputs.defaultActions).flatMap(({ forward }) => blocks(at(forward, "targetGroups")));
      if (groups.length === 0) return;
      this.cloud.listeners.set(id, Object.fromEntries(groups.map(({ arn, weight }) => [String(arn), Number(weight)])));
    }
  }

  private readonly templates = new Map<string, string>();

  private setGroup(name: string, inputs: Props): void {
    const template = at(at(at(inputs, "mixedInstancesPolicy"), "launchTemplate"), "launchTemplateSpecification");
    const color = blocks(inputs.tags).find(({ key }) => key === "Color")?.value;
    const group = this.cloud.groups.get(name) ?? {
      arn: `arn:aws:autoscaling:${region}:${account}:autoScalingGroup:${name}`,
      color: String(color),
      imageId: this.templates.get(String(at(template, "launchTemplateId"))) ?? "",
      targetGroupArn: String((inputs.targetGroupArns as string[])[0]),
      minSize: 0,
      maxSize: 0,
      instances: [],
    };
    this.cloud.groups.set(name, group);
    this.cloud.resize(group, Number(inputs.minSize), Number(inputs.maxSize));
  }
}

const at = (value: unknown, name: string): unknown => (isBlock(value) ? value[name] : undefined);
const blocks = (value: unknown): Props[] => (Array.isArray(value) ? value.filter(isBlock) : []);

/** The stand-in's row, whose checks, differences and previews stay as they are, on the fixed cloud. */
function fixed(row: Row, store: Store): Row {
  return {
    ...row,
    tagging: row.tagging && { tag: () => Promise.resolve(), untag: () => Promise.resolve() },
    create: (inputs) => Promise.resolve(store.create(row, inputs)),
    settle: () => Promise.resolve(),
    read: (id, _, state) => Promise.resolve(store.read(row, id, state)),
    update: ({ id, news, state }) => Promise.resolve(store.update(row, id, news, state)),
    remove: (id) => Promise.resolve(store.remove(row, id)),
  };
}

const zones = ["a", "b", "c"].map((zone) => `${region}${zone}`);

const invokes = (cloud: FixedCloud): [string, Invoke][] => [
  [
    "aws:index/getCallerIdentity:getCallerIdentity",
    () => ({ id: account, accountId: account, arn: "arn", userId: "u" }),
  ],
  ["aws:index/getAvailabilityZones:getAvailabilityZones", () => ({ id: region, region, names: zones, zoneIds: zones })],
  ["aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings", () => ({ id: region, region, locations: zones })],
  [
    "aws:ec2/getVpcEndpointService:getVpcEndpointService",
    ({ serviceName, serviceType }) => ({ id: serviceName, serviceName, serviceType, availabilityZones: zones }),
  ],
  [
    "aws:ec2/getAmi:getAmi",
    ({ filters }) => {
      const id = String((blocks(filters)[0]?.values as string[])[0]);
      const image = cloud.images.get(id);
      if (!image) throw new Error("Your query returned no results. Please change your search criteria and try again.");
      const { version: Version, bootGate } = image;
      const tags = bootGate ? { Version, BootGate: "boot-gate" } : { Version };
      return { id, imageId: id, state: "available", rootDeviceName: cloud.rootDeviceName, tags };
    },
  ],
];

/** Starts the stand-in for the AWS provider on the fixed cloud. */
export function serveFixedProvider(cloud: FixedCloud): Promise<{ port: number; stop(): void }> {
  const store = new Store(cloud);
  const catalogue = {
    version: sdk.version,
    rows: new Map([...ROWS].map(([type, row]) => [type, fixed(row, store)])),
    invokes: new Map([...INVOKES, ...invokes(cloud)]),
  };
  return serve(catalogue, new Sessions(process.env, 1));
}
