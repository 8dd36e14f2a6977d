import { Clock } from "../../../../packages/local-aws/clock.ts";
import { Controller } from "../../../../packages/local-aws/autoscaling/controller.ts";
import { Hooks } from "../../../../packages/local-aws/autoscaling/hooks.ts";
import type { Group, Member } from "../../../../packages/local-aws/autoscaling/model.ts";
import type { Instance } from "../../../../packages/local-aws/ec2/instances.ts";
import type { Pool } from "../../../../packages/local-aws/elb/target-health.ts";
import { eventually } from "../eventually.ts";

/** A cloud around the controller that notes what it is asked to do, in order. */
class World {
  readonly events: string[] = [];
  readonly unhealthy = new Set<string>();
  readonly hooks = new Hooks(new Clock(1000));
  readonly controller: Controller;
  readonly states = new Map<string, Instance["state"]>();
  launchError?: Error;
  private readonly draining: (() => void)[] = [];
  private count = 0;

  constructor() {
    const instanceOf = (id: string) => {
      const state = this.states.get(id);
      return state ? ({ id, state } as Instance) : undefined;
    };
    this.controller = new Controller({
      clock: new Clock(1000),
      hooks: this.hooks,
      log: () => undefined,
      ec2: {
        terminate: (id) => {
          this.events.push(`end ${id}`);
          return Promise.resolve();
        },
      },
      instances: { get: instanceOf, shutDown: (id, state) => void this.states.set(id, state) },
      targets: {
        pool: () => ({}) as Pool,
        register: (_arn, targets) => void this.events.push(`register ${targets[0]?.id}`),
        deregister: (_arn, targets) => {
          this.events.push(`deregister ${targets[0]?.id}`);
          return new Promise((resolve) => this.draining.push(resolve));
        },
        describe: (_arn, [target] = []) => [
          {
            id: target?.id ?? "",
            port: 1,
            healthCheckPort: "1",
            state: this.unhealthy.has(target?.id ?? "") ? "unhealthy" : "healthy",
          },
        ],
      },
      launcher: {
        launch: (_group, { zone, spot }) => {
          if (this.launchError) {
            return Promise.reject(this.launchError);
          }
          const id = `i-${++this.count}`;
          this.states.set(id, "running");
          const template = { LaunchTemplateId: "lt", LaunchTemplateName: "lt", Version: "1" };
          const member: Member = {
            id,
            zone,
            spot,
            template,
            type: "t3.small",
            launchedAt: new Date(this.count),
            lifecycle: "Pending",
            health: "Healthy",
            protectedFromScaleIn: false,
          };
          return Promise.resolve(member);
        },
      },
    });
  }

  /** Ends every deregistration that is under way. */
  drained(): void {
    this.draining.splice(0).forEach((settle) => settle());
  }

  add(over: Partial<Group>): Group {
    const subnets = ["a", "b"].map((zone) => ({ id: `subnet-${zone}`, vpcId: "vpc-1", zone, freeAddresses: 200 }));
    const group: Group = {
      name: "g",
      arn: "arn:g",
      created: new Date(),
      minSize: 0,
      maxSize: 4,
      desired: 2,
      subnets,
      healthCheckType: "ELB",
      healthCheckGracePeriod: 0,
      defaultCooldown: 0,
      terminationPolicies: ["Default"],
      protectNewInstances: false,
      capacityRebalance: false,
      serviceLinkedRole: "role",
      targetGroups: ["tg"],
      tags: [],
      metrics: [],
      suspended: new Set<string>(),
      hooks: new Map(),
      policies: new Map(),
      members: new Map(),
      activities: [],
      launching: [],
      pausedUntil: 0,
      failures: 0,
      deleting: false,
      lastRequest: "",
      ...over,
    };
    this.controller.groups.set(group.name, group);
    this.controller.reconcile(group);
    return group;
  }
}

function inService(group: Group): string[] {
  return [...group.members.values()].filter((member) => member.lifecycle === "InService").map(({ id }) => id);
}

let world: World;
beforeEach(() => (world = new World()));
afterEach(() => world.controller.end());

test("launches up to the desired capacity, registers, and tells about it", async () => {
  const group = world.add({});
  await eventually(() => inService(group).length === 2);
  expect(world.events).toEqual(["register i-1", "register i-2"]);
  expect(group.activities.map(({ status }) => status)).toEqual(["Successful", "Successful"]);
  expect([...group.members.values()].map(({ zone }) => zone).sort()).toEqual(["a", "b"]);
});

test("drains before it ends an instance", async () => {
  const group = world.add({ desired: 1 });
  await eventually(() => inService(group).length === 1);
  group.desired = 0;
  world.controller.reconcile(group);
  await eventually(() => world.events.includes("deregister i-1"));
  expect(group.activities[0]).toMatchObject({ status: "WaitingForELBConnectionDraining" });
  expect(world.events).not.toContain("end i-1");
  world.drained();
  await eventually(() => group.members.size === 0);
  expect(world.events.at(-1)).toBe("end i-1");
});

test("replaces an instance that the load balancer finds unhealthy", async () => {
  const group = world.add({ desired: 1 });
  await eventually(() => inService(group).length === 1);
  world.unhealthy.add("i-1");
  await eventually(() => inService(group).includes("i-2"));
  expect(group.members.get("i-1")).toMatchObject({ health: "Unhealthy", lifecycle: "Terminating" });
  expect(group.activities.some(({ cause }) => cause.includes("ELB system health check failure"))).toBe(true);
});

test("replaces an instance that somebody terminated, without waiting for its draining", async () => {
  const group = world.add({ desired: 1 });
  await eventually(() => inService(group).length === 1);
  world.states.set("i-1", "terminated");
  await eventually(() => inService(group).includes("i-2") && !group.members.has("i-1"));
});

test("tells why a launch failed, and tries again later", async () => {
  world.launchError = new Error("The image id '[ami-1]' does not exist");
  const group = world.add({ desired: 1 });
  await eventually(() => group.activities[0]?.status === "Failed");
  expect(group.activities[0]?.message).toBe("The image id '[ami-1]' does not exist. Launching EC2 instance failed.");
  world.launchError = undefined;
  await eventually(() => inService(group).length === 1);
});

test("waits for a launch hook, and gives up an instance that it abandons", async () => {
  const hook = {
    name: "h",
    transition: "autoscaling:EC2_INSTANCE_LAUNCHING" as const,
    heartbeatTimeout: 7200,
    defaultResult: "CONTINUE" as const,
  };
  const group = world.add({ desired: 1, hooks: new Map([["h", hook]]) });
  await eventually(() => group.members.get("i-1")?.lifecycle === "Pending:Wait");
  world.hooks.complete({ AutoScalingGroupName: "g", LifecycleHookName: "h", InstanceId: "i-1" }, "ABANDON");
  await eventually(() => group.members.get("i-2")?.lifecycle === "Pending:Wait");
  world.hooks.complete({ AutoScalingGroupName: "g", LifecycleHookName: "h", InstanceId: "i-2" }, "CONTINUE");
  await eventually(() => inService(group).includes("i-2"));
  expect(world.events).not.toContain("register i-1");
  const launches = group.activities.filter(({ description }) => description.startsWith("Launching"));
  expect(launches.map(({ status }) => status)).toEqual(["Successful", "Cancelled"]);
  const told = /^Instance failed to complete user's Lifecycle Action: Lifecycle Action with token \S+ was abandoned: /;
  expect(launches[1]?.message).toMatch(told);
  expect(launches[1]?.message).toMatch(/: Lifecycle Action Completed with ABANDON Result$/);
  expect(launches[1]?.description).toMatch(/^Launching a new EC2 instance: i-1\. {2}Status Reason: Instance failed/);
});

test("given a hook without an answer, then it ends with its default result", async () => {
  const hook = {
    name: "h",
    transition: "autoscaling:EC2_INSTANCE_LAUNCHING" as const,
    heartbeatTimeout: 30,
    defaultResult: "CONTINUE" as const,
  };
  const group = world.add({ desired: 1, hooks: new Map([["h", hook]]) });
  await eventually(() => inService(group).length === 1);
  const reference = { AutoScalingGroupName: "g", LifecycleHookName: "h", InstanceId: "i-1" };
  expect(() => world.hooks.heartbeat(reference)).toThrow("No active Lifecycle Action found with instance ID i-1");
});

test("an instance that is terminated while its hook waits is replaced, and its hook can't be answered", async () => {
  const hook = {
    name: "h",
    transition: "autoscaling:EC2_INSTANCE_LAUNCHING" as const,
    heartbeatTimeout: 7200,
    defaultResult: "CONTINUE" as const,
  };
  const group = world.add({ desired: 1, hooks: new Map([["h", hook]]) });
  await eventually(() => group.members.get("i-1")?.lifecycle === "Pending:Wait");
  world.states.set("i-1", "terminated");
  await eventually(() => group.members.get("i-2")?.lifecycle === "Pending:Wait");
  const reference = { AutoScalingGroupName: "g", LifecycleHookName: "h", InstanceId: "i-1" };
  expect(() => world.hooks.complete(reference, "CONTINUE")).toThrow("No active Lifecycle Action found");
  expect(group.activities.find(({ description }) => /Launching.*i-1$/.test(description))).toMatchObject({
    status: "Cancelled",
    message: "The instance was terminated before it came into service.",
  });
  world.hooks.complete({ ...reference, InstanceId: "i-2" }, "CONTINUE");
  await eventually(() => inService(group).includes("i-2"));
});

test("a suspended process doesn't happen", async () => {
  const group = world.add({ desired: 1, suspended: new Set(["Launch"]) });
  expect(group.launching).toEqual([]);
  group.suspended.clear();
  await eventually(() => inService(group).length === 1);
});

test("given AddToLoadBalancer suspended, then instances come into service and are not registered, nor once it is resumed", async () => {
  const group = world.add({ suspended: new Set(["AddToLoadBalancer"]) });
  await eventually(() => inService(group).length === 2);
  group.suspended.clear();
  world.controller.reconcile(group);
  expect(world.events.filter((event) => event.startsWith("register"))).toEqual([]);
});

test("an instance in Standby leaves the target group, is no capacity, stays when the group is emptied, and comes back", async () => {
  const group = world.add({ desired: 1 });
  await eventually(() => inService(group).length === 1);
  const [member] = [...group.members.values()] as [Member];
  world.controller.setAside(group, member);
  world.drained();
  expect(world.events.at(-1)).toBe(`deregister ${member.id}`);
  group.desired = 0;
  world.controller.reconcile(group);
  expect([...group.members.values()].map(({ id, lifecycle }) => [id, lifecycle])).toEqual([[member.id, "Standby"]]);
  group.desired = 1;
  world.controller.takeBack(group, member);
  expect([inService(group), world.events.at(-1)]).toEqual([[member.id], `register ${member.id}`]);
});
