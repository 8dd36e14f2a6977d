import { parseStrategy } from "../../cli/analysis/strategy.ts";
import type { Goal } from "../../cli/rollout/next.ts";
import { byColor, type Color } from "../../deployment/model.ts";
import type {
  AlarmFacts,
  FleetFacts,
  ImageFacts,
  Instance,
  Lock,
  ReleaseRecord,
  ReleaseSettings,
  LiveState,
} from "../../cli/state/model.ts";

/** The moment of every world here. */
export const now = Date.parse("2026-11-21T14:05:30Z");

/** @param seconds before `now` */
export const before = (seconds: number): string => new Date(now - seconds * 1000).toISOString();

const day = 86_400;

export const v1: ImageFacts = {
  imageId: "ami-00000000000000001",
  version: "v1.0.0",
  commit: "1111111aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
  createdAt: before(9 * day),
};
export const v2: ImageFacts = {
  imageId: "ami-00000000000000002",
  version: "v2.0.0",
  commit: "2222222bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
  createdAt: before(2 * day),
};

/** A healthy instance in service. @param color and number make its id */
export const instance = (color: Color, number: number, change: Partial<Instance> = {}): Instance => ({
  id: `i-${(color === "blue" ? "b" : "e").repeat(16)}${number}`,
  lifecycle: "InService",
  health: "healthy",
  ...change,
});

/** Two healthy instances of two to four; blue with v1, green with v2. */
export const fleet = (color: Color, change: Partial<FleetFacts> = {}): FleetFacts => ({
  color,
  groupName: `app-${color}-group-1234567`,
  image: color === "blue" ? v1 : v2,
  capacity: { minSize: 2, maxSize: 4 },
  desired: 2,
  instances: [instance(color, 1), instance(color, 2)],
  registered: 2,
  healthy: 2,
  staleTargets: [],
  suspended: [],
  ...change,
});

/** A fleet that holds nothing. */
export const off = (color: Color, change: Partial<FleetFacts> = {}): FleetFacts =>
  fleet(color, {
    capacity: { minSize: 0, maxSize: 0 },
    desired: 0,
    instances: [],
    registered: 0,
    healthy: 0,
    ...change,
  });

export const alarm = (name: string, change: Partial<AlarmFacts> = {}): AlarmFacts => ({
  name,
  state: "OK",
  composite: false,
  ...change,
});

export const settings = (change: Partial<ReleaseSettings> = {}): ReleaseSettings => ({
  activeColor: "blue",
  blueAmi: v1.imageId,
  greenAmi: v2.imageId,
  standby: "warm",
  standbyWeight: 0,
  capacityFloor: 0,
  previewSize: 0,
  ...change,
});

/** The same settings in state and file. */
export const settled = (change: Partial<ReleaseSettings> = {}): LiveState["settings"] => ({
  deployed: settings(change),
  file: settings(change),
});

/** The same weights live and in the state. */
export const weights = (blue: number, green: number): LiveState["weights"] => ({
  live: { blue, green },
  recorded: { blue, green },
});

/** A release of v2 on green that began 5 minutes ago and is in its first stage. */
export const record = (change: Partial<ReleaseRecord> = {}): ReleaseRecord => ({
  id: `${before(300)}-1`,
  stack: "dev",
  color: "green",
  image: v2,
  from: { color: "blue", image: v1 },
  by: "alice@desk",
  startedAt: before(300),
  stage: "stage",
  outcome: "running",
  weights: [],
  checks: [],
  ...change,
});

export const lock = (change: Partial<Lock> = {}): Lock => ({
  token: "t",
  kind: "change",
  holder: { by: "alice@desk", host: "desk", pid: 1 },
  doing: "release v2.0.0",
  since: before(300),
  expires: now + 60_000,
  abandoned: [],
  version: 0,
  ...change,
});

/** Blue serves v1, green stands by with v2, all is well: change what a test is about. */
export const world = (change: Partial<LiveState> = {}): LiveState => ({
  stack: "dev",
  region: "eu-central-1",
  at: now,
  awsTime: now,
  weights: weights(100, 0),
  foreign: [],
  fleets: byColor((color) => fleet(color)),
  alarms: byColor((color) => [
    alarm(`dev-${color}`, { composite: true }),
    ...["errors", "p95", "p99", "unhealthy", "connections"].map((part) => alarm(`dev-${color}-${part}`)),
  ]),
  loadBalancerAlarms: [alarm("dev-rejected")],
  settings: settled(),
  pending: [],
  unknownGroups: [],
  unknownPolicies: [],
  changedGroups: [],
  earlier: [],
  ...change,
});

/** What a release of v2 by a canary is asked for. */
export const releaseGoal = (change: Partial<Goal> = {}): Goal => ({
  imageId: v2.imageId,
  strategy: parseStrategy("canary=10%,1m"),
  bakeSeconds: 600,
  previewSize: 0,
  pauses: [],
  until: "ended",
  ...change,
});
