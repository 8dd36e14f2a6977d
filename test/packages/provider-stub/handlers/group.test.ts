import type { AutoScalingGroup } from "@aws-sdk/client-auto-scaling";
import { updateRequest } from "../../../../packages/provider-stub/handlers/group-args.ts";
import {
  capacityOf,
  fatalActivities,
  missingAtCreation,
  missingAtUpdate,
  seconds,
} from "../../../../packages/provider-stub/handlers/group-capacity.ts";
import type { Props } from "../../../../packages/provider-stub/shape.ts";

const instance = (InstanceId: string, more: object = {}) => ({
  InstanceId,
  HealthStatus: "Healthy",
  LifecycleState: "InService",
  ...more,
});
const group = (...Instances: object[]) => ({ Instances }) as AutoScalingGroup;

describe("capacityOf", () => {
  const states = (health: Record<string, string>) => [new Map(Object.entries(health))];
  it.each([
    ["a healthy one", group(instance("a")), states({ a: "healthy" }), 1, 1],
    ["one that its target group does not list yet", group(instance("a")), states({}), 1, 1],
    ["one that its target group finds unhealthy", group(instance("a")), states({ a: "unhealthy" }), 1, 0],
    ["one that is pending", group(instance("a", { LifecycleState: "Pending" })), states({}), 0, 0],
    ["one that is unhealthy", group(instance("a", { HealthStatus: "Unhealthy" })), states({}), 0, 0],
    ["a weighted one", group(instance("a", { WeightedCapacity: "4" })), states({}), 4, 4],
    ["none", group(), states({}), 0, 0],
  ])("counts %s", (_what, seen, targets, inGroup, inTargetGroups) => {
    expect(capacityOf(seen, targets)).toEqual({ inGroup, inTargetGroups });
  });
});

describe("the wait for capacity", () => {
  const have = (inGroup: number, inTargetGroups = inGroup) => ({ inGroup, inTargetGroups });
  it.each<[string, Props, ReturnType<typeof have>, RegExp | undefined]>([
    ["minimum reached", { minSize: 2 }, have(2), undefined],
    ["more than the minimum", { minSize: 2 }, have(3), undefined],
    ["desired counts before the minimum", { minSize: 1, desiredCapacity: 3 }, have(2), /at least 3 .* have 2/],
    [
      "registered ones",
      { minSize: 1, minElbCapacity: 2 },
      have(2, 1),
      /at least 2 .* registered to Load Balancer, have 1/,
    ],
  ])("at creation: %s", (_what, inputs, capacity, missing) => {
    const found = missingAtCreation(inputs, capacity);
    if (missing) expect(found).toMatch(missing);
    else expect(found).toBeUndefined();
  });
  it.each<[string, Props, number, ReturnType<typeof have>, RegExp | undefined]>([
    ["exactly the minimum", { minSize: 2 }, 2, have(2), undefined],
    ["one too many", { minSize: 2 }, 2, have(3), /exactly 2 .* have 3/],
    ["autoscaling's own desired", { minSize: 1 }, 3, have(1), /exactly 3/],
    ["an emptied group whose desired is still in the state", { minSize: 0 }, 2, have(0), /exactly 2 .* have 0/],
    ["registered ones", { minSize: 1, waitForElbCapacity: 1 }, 1, have(1, 0), /exactly 1 .* registered/],
  ])("at an update: %s", (_what, inputs, desired, capacity, missing) => {
    const found = missingAtUpdate(inputs, desired, capacity);
    if (missing) expect(found).toMatch(missing);
    else expect(found).toBeUndefined();
  });
});

describe("fatalActivities", () => {
  const since = new Date("2026-01-01T10:00:00Z");
  const activity = (more: object) => ({
    ActivityId: "1",
    AutoScalingGroupName: "g",
    Cause: "c",
    StatusCode: "Failed" as const,
    Progress: 100,
    StatusMessage: "no image",
    StartTime: new Date("2026-01-01T10:00:01Z"),
    ...more,
  });
  it.each([
    ["a failure", {}, 1],
    ["one of before", { StartTime: new Date("2026-01-01T09:59:59Z") }, 0],
    ["one that goes on", { Progress: 50 }, 0],
    ["a success", { StatusCode: "Successful" as const }, 0],
    ["an instance profile that comes late", { StatusMessage: "Invalid IAM Instance Profile name" }, 0],
  ])("%s", (_what, more, count) => {
    expect(fatalActivities([activity(more)], since)).toHaveLength(count);
  });
});

describe("seconds", () => {
  it.each([
    ["0", 0],
    ["10m", 600],
    ["1h30m", 5400],
    ["90s", 90],
  ])("%s", (text, expected) => expect(seconds(text)).toBe(expected));
  it.each(["10", "", "ten minutes"])("fails on %p", (text) => expect(() => seconds(text)).toThrow(/give a duration/));
});

describe("updateRequest", () => {
  const request = (olds: Props, news: Props) =>
    updateRequest({
      id: "g",
      olds,
      news,
      state: {},
      changed: (...args) => args.some((arg) => olds[arg] !== news[arg]),
    });
  it.each<[string, Props, Props, object | undefined]>([
    ["sizes", { minSize: 1, maxSize: 2 }, { minSize: 0, maxSize: 0 }, { MinSize: 0, MaxSize: 0 }],
    ["what did not change is not sent", { minSize: 1, maxSize: 2 }, { minSize: 1, maxSize: 3 }, { MaxSize: 3 }],
    ["desired that is no longer given", { desiredCapacity: 2 }, {}, undefined],
    [
      "what is changed apart from it",
      { targetGroupArns: "a", tags: "a" },
      { targetGroupArns: "b", tags: "b" },
      undefined,
    ],
    ["an argument taken away that AWS would keep", { capacityRebalance: true }, {}, { CapacityRebalance: false }],
    [
      "the grace period goes with the type",
      { healthCheckType: "EC2", healthCheckGracePeriod: 9 },
      { healthCheckType: "ELB", healthCheckGracePeriod: 9 },
      { HealthCheckType: "ELB", HealthCheckGracePeriod: 9 },
    ],
  ])("%s", (_what, olds, news, expected) => {
    expect(request(olds, news)).toEqual(expected && { AutoScalingGroupName: "g", ...expected });
  });
});
