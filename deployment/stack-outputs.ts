/**
 * The stack's outputs: the program writes them, and its next update and the release commands read them. Keys and their meaning
 * stay, since stacks that run have them.
 */
import { z } from "zod";
import { colors } from "./model.ts";

const each = <T extends z.ZodType>(value: T) => z.object({ blue: value, green: value });

/** Percent of the requests. */
const weights = each(z.number());
const capacity = z.object({ minSize: z.number(), maxSize: z.number() });
const alarmsOfColor = z.object({ composite: z.string(), parts: z.array(z.string()) });

const machine = z.object({
  imageId: z.string(),
  instanceType: z.string(),
  detailedMonitoring: z.boolean(),
  /** Missing in a state of before it could be set, and where it is not. */
  volumeInitializationRate: z.number().optional(),
  healthCheckPath: z.string(),
  versionPath: z.string(),
  bootGate: z.boolean(),
  /** Missing in a state of before there were such keys. */
  customerKey: z.boolean().default(false),
});

const foundation = z.object({
  vpcId: z.string().optional(),
  vpcCidr: z.string(),
  availabilityZoneCount: z.number(),
  /** Missing in a state of before zones could be named. */
  availabilityZones: z.array(z.string()).optional(),
  appPort: z.number(),
  https: z.boolean(),
  customerKey: z.boolean().default(false),
});

export const stackOutputs = z.object({
  url: z.string(),
  previewUrl: z.string(),
  /** A command that tries the standby. */
  previewUsage: z.string(),
  activeColor: z.enum(colors),
  weights,
  /** Ids of what the colours' instances run. */
  images: each(z.string()),
  fleets: each(z.object({ groupName: z.string(), capacity })),
  listenerArn: z.string(),
  targetGroupArns: each(z.string()),
  /** Whether one flip would bring the other colour back at once, `to` which, and if not, why; `warning`: who runs a revoked image. */
  rollbackReady: z.object({
    ready: z.boolean(),
    to: z.enum(colors).optional(),
    reason: z.string().optional(),
    warning: z.string().optional(),
  }),
  /** Where the release commands keep their lock and their records, whom they tell, and what they watch. */
  releases: z.object({ tableName: z.string() }),
  notifications: z.object({ topicArn: z.string() }),
  alarms: z.object({ blue: alarmsOfColor, green: alarmsOfColor, loadBalancer: z.array(z.string()) }),
  dashboard: z.object({ name: z.string(), url: z.string() }),
  logGroups: z.object({ blue: z.string(), green: z.string(), jobs: z.string() }),
  /** The stack's own key, for secrets in Parameter Store too; missing without customerKey. */
  key: z.object({ arn: z.string() }).optional(),
  /** What the instances of one-off jobs run with. */
  jobs: z.object({ instanceProfileArn: z.string() }),
  /** What the next update's guards compare with, and where they ask again right before a change. */
  deployed: z.object({
    activeColor: z.enum(colors),
    weights,
    machines: each(machine),
    capacity: each(capacity),
    foundation,
    /** Subnets of an existing VPC; empty in one of the stack's own. Missing in a state of before they were looked at. */
    subnetIds: z.array(z.string()).optional(),
    listenerArn: z.string(),
    targetGroupArns: each(z.string()),
  }),
});

export type StackOutputs = z.output<typeof stackOutputs>;
