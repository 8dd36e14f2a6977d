import fc from "fast-check";
import { revisionItem } from "../../components/release-revision.ts";
import { colors, other, type Color } from "../../deployment/model.ts";
import type { FixedCloud } from "./fixed-cloud.ts";

/** Settings that transitions change, without their namespace; undefined: not set. */
export interface Settings extends Record<string, unknown> {
  activeColor: Color;
  standby: "off" | "warm";
  standbyWeight: number;
  blueAmi: string;
  greenAmi: string;
}

/** One change of the settings, as a person makes it. */
export type Change =
  | { kind: "flip" }
  | { kind: "standby"; standby: "off" | "warm" }
  | { kind: "image"; of: "active" | "standby"; imageId: string }
  | { kind: "set"; name: string; value: unknown };

/** What is the matter in the cloud while an update is previewed and made. */
export type Condition =
  | { kind: "well" }
  | { kind: "unhealthy"; color: Color; all: boolean }
  | { kind: "scaled out"; color: Color }
  | { kind: "weights moved by hand"; blue: number }
  | { kind: "a target of an earlier fleet"; color: Color }
  | { kind: "errors through the preview listener"; color: Color }
  | { kind: "a program that makes other templates" }
  | { kind: "a command releases" }
  | { kind: "a command wrote newer settings"; activeColor: Color };

export interface Transition {
  changes: Change[];
  conditions: Condition[];
  /** Whether the emergency override is set. */
  override: boolean;
}

/** What a stack begins with. */
export const first: Settings = {
  activeColor: "blue",
  standby: "off",
  standbyWeight: 0,
  blueAmi: "ami-00000001",
  greenAmi: "ami-00000001",
};

const set = (name: string, ...values: unknown[]) => values.map((value): Change => ({ kind: "set", name, value }));

const settings: Change[] = [
  ...set("standbyWeight", 0, 0, 10, 50, 100),
  ...set("minSize", 1, 2, 3, 5),
  ...set("maxSize", 2, 3, 4),
  ...set("capacityFloor", 0, 2, 3),
  ...set("previewSize", 0, 1, 2),
  ...set("instanceType", "t3.micro", "t3.small"),
  ...set("detailedMonitoring", true, false),
  ...set("healthCheckPath", "/readyz", "/healthz"),
  ...set("versionPath", "/version", "/v"),
  ...set("healthCheckGracePeriod", 120, 60),
  ...set("deregistrationDelay", 30, 60),
  ...set("spotPercentage", 0, 50, 100),
  ...set("logRetention", 30, 90),
  ...set("alarmP95Seconds", 1, 2),
  ...set("degradedAlarm", false, true),
  ...set("backendPorts", [], [6379]),
  ...set("notificationEmails", [], ["ops@example.com"]),
  ...set("readinessTimeout", 600, 300),
  ...set("appPort", 3001),
  ...set("standbyWieght", 10),
];

const color = fc.constantFrom(...colors);
const imageOf = (imageIds: string[]) =>
  fc.record({
    kind: fc.constant("image" as const),
    of: fc.constantFrom("standby" as const, "standby" as const, "standby" as const, "active" as const),
    imageId: fc.constantFrom(...imageIds),
  });

const change = (imageIds: string[]): fc.Arbitrary<Change> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.constant<Change>({ kind: "flip" }) },
    {
      weight: 3,
      arbitrary: fc.constantFrom<Change>(
        { kind: "standby", standby: "warm" },
        { kind: "standby", standby: "warm" },
        { kind: "standby", standby: "off" },
      ),
    },
    { weight: 3, arbitrary: imageOf(imageIds) },
    { weight: 6, arbitrary: fc.constantFrom(...settings) },
  );

/** What a release is made of, one update each. */
const release = (imageIds: string[]): fc.Arbitrary<Change[]> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.constant<Change[]>([{ kind: "flip" }]) },
    {
      weight: 3,
      arbitrary: fc
        .constantFrom(...imageIds)
        .map((imageId): Change[] => [
          { kind: "image", of: "standby", imageId },
          { kind: "standby", standby: "warm" },
          ...set("standbyWeight", 0),
        ]),
    },
    { weight: 3, arbitrary: fc.constantFrom(0, 10, 50).map((weight) => set("standbyWeight", weight)) },
    {
      weight: 1,
      arbitrary: fc.constant<Change[]>([{ kind: "standby", standby: "off" }, ...set("standbyWeight", 0)]),
    },
  );

const condition: fc.Arbitrary<Condition> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Condition>({ kind: "well" }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("unhealthy" as const), color, all: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("scaled out" as const), color }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("weights moved by hand" as const),
      blue: fc.constantFrom(0, 30, 90, 100),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("a target of an earlier fleet" as const), color }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("errors through the preview listener" as const), color }) },
  { weight: 1, arbitrary: fc.constant<Condition>({ kind: "a program that makes other templates" }) },
  { weight: 1, arbitrary: fc.constant<Condition>({ kind: "a command releases" }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("a command wrote newer settings" as const), activeColor: color }),
  },
);

/** Transitions, the same for the same seed. */
export function transitions(imageIds: string[], seed: number, count: number): Transition[] {
  const arbitrary = fc.record({
    changes: fc.oneof(
      { weight: 3, arbitrary: release(imageIds) },
      { weight: 2, arbitrary: fc.array(change(imageIds), { minLength: 0, maxLength: 3, size: "max" }) },
    ),
    conditions: fc.array(condition, { minLength: 1, maxLength: 2, size: "max" }),
    override: fc.oneof({ weight: 12, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  });
  return fc.sample(arbitrary, { seed, numRuns: count });
}

/** The settings after the changes. */
export function changed(before: Settings, changes: readonly Change[]): Settings {
  return changes.reduce<Settings>((now, change) => {
    switch (change.kind) {
      case "flip":
        return { ...now, activeColor: other(now.activeColor) };
      case "standby":
        return { ...now, standby: change.standby };
      case "image": {
        const color = change.of === "active" ? now.activeColor : other(now.activeColor);
        return { ...now, [`${color}Ami`]: change.imageId };
      }
      case "set":
        return { ...now, [change.name]: change.value };
    }
  }, before);
}

/** Brings the conditions about. @returns what ends them; what the update changed meanwhile stays. */
export function bring(conditions: readonly Condition[], cloud: FixedCloud): () => void {
  const recorded = new Map(cloud.listeners);
  for (const condition of conditions) bringOne(condition, cloud);
  const moved = new Map(cloud.listeners);
  return () => {
    cloud.heal();
    for (const [arn, weights] of recorded) {
      if (cloud.listeners.get(arn) === moved.get(arn)) cloud.listeners.set(arn, weights);
    }
    for (const group of cloud.groups.values()) cloud.resize(group, group.minSize, group.maxSize, group.minSize);
  };
}

function bringOne(condition: Condition, cloud: FixedCloud): void {
  const group = "color" in condition ? cloud.groupOf(condition.color) : undefined;
  switch (condition.kind) {
    case "well":
      break;
    case "unhealthy":
      for (const id of (group?.instances ?? []).slice(0, condition.all ? undefined : 1)) cloud.unhealthy.add(id);
      break;
    case "scaled out":
      if (group) cloud.resize(group, group.minSize, group.maxSize, group.maxSize);
      break;
    case "weights moved by hand":
      for (const [arn, weights] of cloud.listeners) {
        const shares = Object.keys(weights).map((targetGroup): [string, number] => {
          const blue = targetGroup === cloud.groupOf("blue")?.targetGroupArn;
          return [targetGroup, blue ? condition.blue : 100 - condition.blue];
        });
        cloud.listeners.set(arn, Object.fromEntries(shares));
      }
      break;
    case "a target of an earlier fleet":
      if (group) cloud.stale.set(group.targetGroupArn, "i-0000000000000dead");
      break;
    case "errors through the preview listener":
      cloud.failing.add(condition.color);
      break;
    case "a program that makes other templates":
      cloud.rootDeviceName = "/dev/sda1";
      break;
    case "a command releases":
      cloud.items.set("lock", { token: { S: "theirs" }, expires: { N: String(Number.MAX_SAFE_INTEGER) } });
      break;
    case "a command wrote newer settings":
      cloud.items.set("settings", revisionItem({ ...written(condition.activeColor, cloud), by: "alice", at: "now" }));
      break;
  }
}

/** Settings by which a colour serves, with the images that are there. */
function written(activeColor: Color, cloud: FixedCloud) {
  const [blueAmi, greenAmi] = [cloud.groupOf("blue")?.imageId, cloud.groupOf("green")?.imageId];
  const sizes = { standbyWeight: 0, capacityFloor: 0, previewSize: 0 };
  return { revision: 1, settings: { activeColor, blueAmi, greenAmi, standby: "warm" as const, ...sizes } };
}
