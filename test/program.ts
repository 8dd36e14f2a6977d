import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb.js";
import type { MockCallArgs, MockResourceArgs } from "@pulumi/pulumi/runtime/index.js";
import type { MockMonitor } from "@pulumi/pulumi/runtime/mocks.js";
import * as YAML from "yaml";
import type { Item } from "../aws/releases-item.ts";
import type { Revocation } from "../deployment/revocation.ts";

/** Names of resources that the engine creates in the next runs, also in another's place: it calls their hooks before. */
export const created = new Set<string>();
beforeEach(() => created.clear());

/** Items of the stack's table by their key; the table can't be asked while it is undefined. */
export const table: { items?: Record<string, Item> } = {};
beforeEach(() => {
  table.items = {};
});

// Here and not in each test: a mock counts for every module that is loaded after it, and the program is loaded last.
jest.mock("../aws/releases-item.ts", () => ({
  ...jest.requireActual<object>("../aws/releases-item.ts"),
  itemReader: () => (tableName: string, key: string) => {
    expect(tableName).toMatch(/-releases-1234567$/);
    if (table.items === undefined) return Promise.reject(new Error("the table is down"));
    return Promise.resolve({ item: table.items[key], at: Date.now() });
  },
}));

/** Revocations of the account; they can't be asked while it is undefined. */
export const revoked: { list?: Revocation[] } = { list: [] };
beforeEach(() => {
  revoked.list = [];
});

jest.mock("../aws/revocations.ts", () => ({
  ...jest.requireActual<object>("../aws/revocations.ts"),
  revocationReader: () => () =>
    revoked.list ? Promise.resolve(revoked.list) : Promise.reject(new Error("AccessDeniedException: not you")),
}));

/** A resource as the program registered it. */
export interface Registered {
  name: string;
  type: string;
  inputs: Record<string, unknown>;
  options: Options;
}

/** What the engine is told beside the inputs. */
interface Options {
  /** Names of the resources that it depends on, also through its inputs, in alphabetical order. */
  dependencies: string[];
  /** Names of the hooks that are bound to it, by the moment of their call. */
  hooks: { beforeCreate: string[]; beforeUpdate: string[] };
  ignoreChanges: string[];
  protect: boolean;
  replaceOnChanges: string[];
  retainOnDelete: boolean;
}

export interface Run {
  /** In the order of their registration. */
  resources: Registered[];
  /** What the engine knows all resources by, components included: the types of those above it and its own, and its name. */
  identities: string[];
  /** The program's resource hooks by name; under mocks the engine never calls them. */
  hooks: Map<string, pulumi.ResourceHook>;
  outputs: Record<string, unknown>;
}

/** The resource of that name; there must be one. */
export function named(resources: Registered[], name: string): Registered {
  const found = resources.find((resource) => resource.name === name);
  if (!found) throw new Error(`no resource ${name} among ${resources.map((resource) => resource.name).join(", ")}`);
  return found;
}

/** What AWS offers for endpoints, as a test has it; by default all, in all zones, under the usual name. */
export const endpointServices = {
  /** Names that begin with another prefix than is usual. */
  renamed: [] as string[],
  /** Zones by the last part of a name. */
  zones: {} as Record<string, string[]>,
  find({ filters, serviceName = "", serviceType }: Asked): Record<string, unknown> {
    const names = filters?.find(({ name }) => name === "service-name")?.values ?? [serviceName];
    const [name, ...others] = names.filter((one) => names.length === 1 || this.renamed.includes(one));
    const usual = name ?? names[0];
    if (others.length > 0 || serviceType === undefined) throw new Error(`more than one service: ${names.join(", ")}`);
    return { serviceName: usual, serviceType, availabilityZones: this.zones[usual.split(".").at(-1) ?? ""] ?? [] };
  },
};
beforeEach(() => {
  endpointServices.renamed = [];
  endpointServices.zones = {};
});

/** Images by id, with their tags. */
const images: Record<string, Record<string, string>> = {
  "ami-11111111": { Version: "v1.0.0" },
  "ami-22222222": { Version: "v2.0.0" },
  "ami-33333333": { Version: "v3.0.0", SourceAMI: "ami-55555555" },
  "ami-55555555": { SourceAMI: "ami-66666666" },
  "ami-44444444": { Version: "v4.0.0", BootGate: "boot-gate" },
};

type Answer = (inputs: Record<string, never>, name: string) => Record<string, unknown>;

/** What each type answers beside its inputs. A type that isn't here is one that nobody expected. */
const answers: Record<string, Answer> = {
  "awsx:ec2:Vpc": () => ({
    vpcId: "vpc-0a0a0a0a",
    publicSubnetIds: ["subnet-0a", "subnet-0b"],
    privateSubnetIds: ["subnet-1a", "subnet-1b"],
    routeTableAssociations: [
      { subnetId: "subnet-0a", routeTableId: "rtb-public" },
      { subnetId: "subnet-1a", routeTableId: "rtb-1a" },
      { subnetId: "subnet-1b", routeTableId: "rtb-1b" },
    ],
  }),
  "aws:acm/certificate:Certificate": () => ({
    arn: "arn:aws:acm:eu-central-1:111111111111:certificate/new",
    domainValidationOptions: [{ resourceRecordName: "_x", resourceRecordType: "CNAME", resourceRecordValue: "_y" }],
  }),
  "aws:acm/certificateValidation:CertificateValidation": () => ({}),
  "aws:autoscaling/group:Group": (_, name) => ({ name: `${name}-1234567`, arn: `arn:${name}` }),
  "aws:autoscaling/policy:Policy": () => ({}),
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": (_, name) => ({ arn: `arn:composite:${name}` }),
  "aws:cloudwatch/dashboard:Dashboard": () => ({}),
  "aws:cloudwatch/logGroup:LogGroup": (_, name) => ({
    arn: `arn:aws:logs:eu-central-1:111111111111:log-group:${name}`,
  }),
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": () => ({}),
  "aws:cloudwatch/metricAlarm:MetricAlarm": (_, name) => ({ name: `${name}-1234567`, arn: `arn:alarm:${name}` }),
  "aws:ecr/lifecyclePolicy:LifecyclePolicy": () => ({}),
  "aws:ecr/repository:Repository": (_, name) => ({ repositoryUrl: `registry/${name}` }),
  "aws:signer/signingProfile:SigningProfile": (_, name) => ({ arn: `arn:${name}` }),
  "aws:dynamodb/table:Table": (_, name) => ({ name: `${name}-1234567` }),
  "aws:ec2/launchTemplate:LaunchTemplate": () => ({ latestVersion: 1 }),
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": () => ({}),
  "aws:ec2/flowLog:FlowLog": () => ({}),
  "aws:ec2/securityGroup:SecurityGroup": () => ({}),
  "aws:ec2/vpcEndpoint:VpcEndpoint": () => ({}),
  "aws:iam/instanceProfile:InstanceProfile": (_, name) => ({ arn: `arn:${name}` }),
  "aws:iam/role:Role": (_, name) => ({ name, arn: `arn:${name}` }),
  "aws:iam/rolePolicy:RolePolicy": () => ({}),
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": () => ({}),
  "aws:kms/key:Key": (_, name) => ({ arn: `arn:${name}` }),
  "aws:lb/listener:Listener": (_, name) => ({ arn: `arn:${name}` }),
  "aws:lb/listenerRule:ListenerRule": () => ({}),
  "aws:lb/loadBalancer:LoadBalancer": (_, name) => ({
    name: `${name}-1234567`,
    arn: "arn:alb",
    arnSuffix: "app/alb/1",
    dnsName: "alb.example",
    zoneId: "ZALB",
  }),
  "aws:lb/targetGroup:TargetGroup": (_, name) => ({ arn: `arn:${name}`, arnSuffix: `targetgroup/${name}/1` }),
  "aws:route53/record:Record": () => ({ fqdn: "_x.example" }),
  "aws:s3/bucket:Bucket": (_, name) => ({ bucket: name, arn: `arn:aws:s3:::${name}` }),
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": () => ({}),
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": () => ({}),
  "aws:s3/bucketPolicy:BucketPolicy": () => ({}),
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": () => ({}),
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": () => ({}),
  "aws:s3/bucketVersioning:BucketVersioning": () => ({}),
  "aws:sns/topic:Topic": (_, name) => ({ arn: `arn:aws:sns:eu-central-1:111111111111:${name}-1234567` }),
  "aws:sns/topicPolicy:TopicPolicy": () => ({}),
  "aws:sns/topicSubscription:TopicSubscription": () => ({}),
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": () => ({}),
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": () => ({}),
  "aws:wafv2/webAcl:WebAcl": (_, name) => ({ arn: `arn:${name}` }),
  "aws:wafv2/webAclAssociation:WebAclAssociation": () => ({}),
};

interface Asked {
  filters?: { name: string; values: string[] }[];
  serviceName?: string;
  serviceType?: string;
}

const calls: Record<string, (inputs: Asked) => Record<string, unknown>> = {
  "aws:index/getCallerIdentity:getCallerIdentity": () => ({ accountId: "111111111111" }),
  "aws:index/getRegion:getRegion": () => ({ region: "eu-central-1" }),
  "aws:index/getPartition:getPartition": () => ({ partition: "aws", reverseDnsPrefix: "com.amazonaws" }),
  "aws:index/getAvailabilityZones:getAvailabilityZones": () => ({
    names: ["eu-central-1b", "eu-central-1a", "eu-central-1c"],
  }),
  "aws:ec2/getVpcEndpointService:getVpcEndpointService": (asked) => endpointServices.find(asked),
  "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": ({ filters }) => {
    const lacking = filters?.[0].values[0] === "g7.2xlarge" ? "eu-central-1b" : undefined;
    return { locations: ["a", "b", "c"].map((zone) => `eu-central-1${zone}`).filter((zone) => zone !== lacking) };
  },
  "aws:ec2/getAmi:getAmi": ({ filters }) => {
    const id = filters?.[0].values[0] ?? "";
    if (!images[id]) throw refusal("Your query returned no results. Please change your search criteria and try again.");
    return { state: "available", rootDeviceName: "/dev/xvda", tags: images[id] };
  },
};

/** An error as the engine's monitor hands it on. */
const refusal = (details: string) => Object.assign(new Error(details), { details });

class Mocks {
  readonly resources: Registered[] = [];
  readonly identities: string[] = [];
  private readonly options = new Map<string, Options>();

  readonly hooks = new Map<string, pulumi.ResourceHook>();
  private readonly before: Record<string, unknown> | undefined;

  constructor(before: Record<string, unknown> | undefined) {
    this.before = before;
  }

  newResource = async ({ type, name, inputs, custom }: MockResourceArgs) => {
    for (const hook of created.has(name) ? (this.options.get(name)?.hooks.beforeCreate ?? []) : [])
      await this.hooks.get(hook)?.callback({ urn: "urn", id: "", name, type, newInputs: inputs as object });
    const given = inputs as Record<string, unknown>;
    if (!type.startsWith("bluegreen:")) {
      if (!answers[type]) throw new Error(`nobody expected a resource of type ${type} (${name})`);
      this.resources.push({ name, type, inputs: given, options: this.options.get(name) as Options });
    }
    const answer = answers[type]?.(inputs as Record<string, never>, name) ?? {};
    return { id: custom === false ? undefined : `${name}-id`, state: { ...given, ...answer } };
  };

  /** Mocks aren't told a resource's options: reads them from the request. */
  listenTo(monitor: MockMonitor): void {
    const register = monitor.registerResource.bind(monitor);
    monitor.registerResource = (request: RegisterResourceRequest, callback) => {
      const hooks = request.getHooks();
      const [, , parents = ""] = request.getParent().split("::");
      const type = [...parents.split("$"), request.getType()].filter((part) => !/^$|^pulumi:pulumi:Stack$/.test(part));
      this.identities.push(`${type.join("$")}::${request.getName()}`);
      this.options.set(request.getName(), {
        dependencies: request
          .getDependenciesList()
          .map((urn) => urn.split("::")[3])
          .sort(),
        hooks: { beforeCreate: hooks?.getBeforeCreateList() ?? [], beforeUpdate: hooks?.getBeforeUpdateList() ?? [] },
        ignoreChanges: request.getIgnorechangesList(),
        protect: request.getProtect() ?? false,
        replaceOnChanges: request.getReplaceonchangesList(),
        retainOnDelete: request.getRetainondelete() ?? false,
      });
      return register(request, callback);
    };
  }

  call = ({ token, inputs }: MockCallArgs) => {
    if (token === "pulumi:pulumi:readStackOutputs") return { outputs: this.before ?? {} };
    if (!calls[token]) throw new Error(`nobody expected a call of ${token}`);
    return calls[token](inputs as never);
  };
}

/** The part of the SDK's own state that mocks leave out; its types don't tell of it. */
interface Store {
  settings: { monitor: MockMonitor };
  callbacks: {
    registerResourceHook: (hook: pulumi.ResourceHook) => Promise<void>;
    awaitStackRegistrations: () => Promise<void>;
  };
}

const internals = <T extends object>(part: string) => jest.requireActual<T>(`@pulumi/pulumi/runtime/${part}`);

/** The settings that a stack's own file and Pulumi.yaml's defaults give, as the CLI hands them to the program. */
export function stackConfig(stack: string): Record<string, unknown> {
  const read = (file: string) =>
    (YAML.parse(readFileSync(join(import.meta.dirname, "..", file), "utf8")) as { config: Record<string, unknown> })
      .config;
  const project = read("Pulumi.yaml") as Record<string, { default: unknown }>;
  const file = `Pulumi.${stack}.yaml`;
  return {
    ...Object.fromEntries(Object.entries(project).map(([key, { default: value }]) => [`bluegreen:${key}`, value])),
    ...(existsSync(join(import.meta.dirname, "..", file)) ? read(file) : {}),
  };
}

/**
 * Runs the whole program under mocks.
 * @param settings on top of the stack's own file, without the namespace
 * @param before the outputs of the run before, as the state holds them
 * @param preview whether it is a dry run
 */
export async function runProgram(
  stack: string,
  settings: Record<string, unknown>,
  before?: Record<string, unknown>,
  preview = false,
): Promise<Run> {
  const own = Object.entries(settings).map(([key, value]) => [`bluegreen:${key}`, value]);
  // Nothing answers for AWS here: the program's own clients are made, and not tried.
  const provider = { "aws:region": "eu-central-1", "aws:skipCredentialsValidation": true };
  const config = { ...provider, ...stackConfig(stack), ...(Object.fromEntries(own) as Record<string, unknown>) };
  const texts = Object.entries(config).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return underMocks(new Mocks(before), stack, preview, () => {
    pulumi.runtime.setAllConfig(Object.fromEntries(texts) as Record<string, string>);
    return jest.requireActual<{ default: () => Promise<Record<string, unknown>> }>("../index.ts").default();
  });
}

/** Makes components under mocks. @returns what they registered, in that order. */
export async function register(construct: () => void): Promise<Registered[]> {
  return (await underMocks(new Mocks(undefined), "dev", false, () => Promise.resolve(void construct()))).resources;
}

async function underMocks(
  mocks: Mocks,
  stack: string,
  preview: boolean,
  program: () => Promise<Run["outputs"] | void>,
): Promise<Run> {
  await pulumi.runtime.setMocks(mocks, "bluegreen", stack, preview, "organization");
  const { hooks } = mocks;
  const store = internals<{ getStore: () => Store }>("state").getStore();
  mocks.listenTo(store.settings.monitor);
  store.callbacks = {
    registerResourceHook: (hook) => Promise.resolve(void hooks.set(hook.name, hook)),
    awaitStackRegistrations: () => Promise.resolve(),
  };
  // The SDK takes a stack trace for every promise, and mapping those to their sources takes longer than the program.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    const ended = program().finally(() => internals<{ waitForRPCs: () => Promise<void> }>("settings").waitForRPCs());
    const outputs = await resolved((await ended) ?? {});
    await internals<{ waitForRPCs: () => Promise<void> }>("settings").waitForRPCs();
    return { resources: mocks.resources, identities: mocks.identities, hooks, outputs };
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** The outputs' values; in a dry run, unknown ones are left as the SDK marks them. */
function resolved(outputs: Record<string, unknown>): Promise<Run["outputs"]> {
  const whole = pulumi.output(outputs) as unknown as { promise: (withUnknowns: boolean) => Promise<Run["outputs"]> };
  return new Promise((resolve, reject) => {
    void whole.promise(true).then(resolve, reject);
    setTimeout(() => reject(new Error("the outputs did not resolve")), 5_000).unref();
  });
}
