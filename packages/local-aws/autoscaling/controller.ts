import type { Clock } from "../clock.ts";
import type { Ec2Directory } from "../ec2/directory.ts";
import type { Instances } from "../ec2/instances.ts";
import type { Targets } from "../elb/targets.ts";
import { messageOf } from "../errors.ts";
import { beginActivity, endActivity, launchCause, moment, shrinkCause } from "./activities.ts";
import { nextIsSpot, planCapacity } from "./capacity.ts";
import { faultOf } from "./health.ts";
import type { Hooks } from "./hooks.ts";
import type { Launcher } from "./launcher.ts";
import { isAlive, type Activity, type Group, type Member } from "./model.ts";

/** AWS seconds until a group tries again after its first failed launch; each further failure doubles it. */
const firstPause = 10;
/** Real milliseconds between two looks at a group's health and capacity. */
const period = 200;

/** What the controller needs from the rest of the cloud. */
export interface ControllerArgs {
  clock: Clock;
  ec2: Pick<Ec2Directory, "terminate">;
  instances: Pick<Instances, "get" | "shutDown">;
  targets: Pick<Targets, "register" | "deregister" | "describe" | "pool">;
  launcher: Pick<Launcher, "launch">;
  hooks: Hooks;
  log(line: string): void;
}

/** Keeps each group at its desired capacity with healthy instances. */
export class Controller {
  readonly groups = new Map<string, Group>();
  private readonly timer: NodeJS.Timeout;

  private readonly args: ControllerArgs;

  constructor(args: ControllerArgs) {
    this.args = args;
    this.timer = setInterval(() => this.groups.forEach((group) => this.look(group)), period);
  }

  end(): void {
    clearInterval(this.timer);
  }

  /** Launches and terminates what the group's size and health ask for. */
  reconcile(group: Group): void {
    if (group.deleting) {
      return;
    }
    const plan = planCapacity({
      desired: group.desired,
      zones: [...new Set(group.subnets.map((subnet) => subnet.zone))],
      launching: group.launching,
      members: [...group.members.values()],
      maintenance: group.maintenance,
      terminationPolicies: group.terminationPolicies,
    });
    for (const { id, reason } of plan.terminate) {
      const member = group.members.get(id);
      const process = reason === "unhealthy" ? "ReplaceUnhealthy" : "Terminate";
      if (member && !group.suspended.has("Terminate") && !group.suspended.has(process)) {
        const capacity = [...group.members.values()].filter(isAlive).length;
        const because =
          reason === "unhealthy" && member.unhealthyBecause
            ? `At ${moment(new Date())} ${member.unhealthyBecause}`
            : shrinkCause(group, capacity, id);
        void this.terminate(group, member, because);
      }
    }
    if (!group.suspended.has("Launch") && Date.now() >= group.pausedUntil) {
      plan.launch.forEach((zone) => void this.launch(group, zone));
    }
  }

  /**
   * Takes one instance out: deregisters it, waits for its draining and its hooks, then ends it in EC2.
   * @returns The activity that tells about it, at once.
   */
  terminate(group: Group, member: Member, cause: string, drain = true): Activity {
    const activity = beginActivity(group, `Terminating EC2 instance: ${member.id}`, cause, {
      "Availability Zone": member.zone,
    });
    member.lifecycle = "Terminating";
    this.args.hooks.forget(member.id);
    this.finish(group, member, activity, drain).catch((error: unknown) => {
      endActivity(activity, "Failed", messageOf(error));
      this.args.log(`${group.name}: terminating ${member.id} failed: ${messageOf(error)}`);
    });
    return activity;
  }

  /** Puts one instance into Standby: it gets no requests, and is none of the group's capacity. */
  setAside(group: Group, member: Member): void {
    member.lifecycle = "Standby";
    const { targets } = this.args;
    for (const arn of group.targetGroups.filter((one) => targets.pool(one)))
      void targets.deregister(arn, [{ id: member.id }]);
  }

  /** Puts one instance back into service. */
  takeBack(group: Group, member: Member): void {
    member.lifecycle = "InService";
    for (const arn of group.targetGroups) this.args.targets.register(arn, [{ id: member.id }]);
    this.reconcile(group);
  }

  private look(group: Group): void {
    if (!group.suspended.has("HealthCheck")) {
      for (const member of group.members.values()) {
        const fault = isAlive(member) && member.health === "Healthy" ? this.faultOf(group, member) : undefined;
        if (fault) {
          this.args.log(`${group.name}: ${member.id} is unhealthy: ${fault}`);
          member.health = "Unhealthy";
          member.unhealthyBecause = fault;
        }
      }
    }
    this.reconcile(group);
  }

  private faultOf(group: Group, member: Member): string | undefined {
    const { clock, instances, targets } = this.args;
    const instance = instances.get(member.id);
    return faultOf({
      types: group.healthCheckType.split(","),
      ec2State: instance?.state ?? "terminated",
      secondsSinceDeath: instance?.diedAt && ((Date.now() - instance.diedAt) * clock.timeScale) / 1000,
      secondsInService: member.inServiceAt && ((Date.now() - member.inServiceAt) * clock.timeScale) / 1000,
      gracePeriod: group.healthCheckGracePeriod,
      targetStates: group.targetGroups
        .filter((arn) => targets.pool(arn))
        .flatMap((arn) => targets.describe(arn, [{ id: member.id }]).map((target) => target.state)),
    });
  }

  private async launch(group: Group, zone: string): Promise<void> {
    const held = [...[...group.members.values()].filter(isAlive), ...group.launching];
    const capacity = held.length;
    const choice = { zone, spot: nextIsSpot(group.mixedInstances, held) };
    group.launching.push(choice);
    const activity = beginActivity(group, "Launching a new EC2 instance", launchCause(group, capacity), {
      "Availability Zone": zone,
    });
    let member: Member;
    try {
      member = await this.args.launcher.launch(group, choice);
      group.members.set(member.id, member);
      group.failures = 0;
    } catch (error) {
      const reason = messageOf(error).replace(/\.?$/, ".");
      endActivity(activity, "Failed", `${reason} Launching EC2 instance failed.`);
      group.failures++;
      const pause = Math.min(firstPause * 2 ** (group.failures - 1), 300);
      group.pausedUntil = Date.now() + this.args.clock.milliseconds(pause);
      this.args.log(`${group.name}: launch failed: ${reason}`);
      return;
    } finally {
      group.launching.splice(group.launching.indexOf(choice), 1);
    }
    activity.description = `Launching a new EC2 instance: ${member.id}`;
    activity.status = "PreInService";
    await this.bringIntoService(group, member, activity);
  }

  private async bringIntoService(group: Group, member: Member, activity: Activity): Promise<void> {
    const transition = "autoscaling:EC2_INSTANCE_LAUNCHING";
    if ([...group.hooks.values()].some((hook) => hook.transition === transition)) {
      member.lifecycle = "Pending:Wait";
      const abandoned = await this.args.hooks.wait(group, member.id, transition);
      if (!isAlive(member)) {
        endActivity(activity, "Cancelled", "The instance was terminated before it came into service.");
        return;
      }
      if (abandoned) {
        const reason = `Instance failed to complete user's Lifecycle Action: ${abandoned}`;
        activity.description += `.  Status Reason: ${reason}`;
        endActivity(activity, "Cancelled", reason);
        const cause = `At ${moment(new Date())} an instance's launch was abandoned by a lifecycle hook.`;
        this.terminate(group, member, cause, false);
        return;
      }
      member.lifecycle = "Pending:Proceed";
    }
    if (group.deleting) {
      endActivity(activity, "Cancelled", "The AutoScalingGroup is being deleted.");
      this.terminate(group, member, "The AutoScalingGroup is being deleted.", false);
      return;
    }
    member.lifecycle = "InService";
    member.inServiceAt = Date.now();
    // Resumed, the process does not register what was launched meanwhile, as AWS does not.
    for (const arn of group.suspended.has("AddToLoadBalancer") ? [] : group.targetGroups) {
      try {
        this.args.targets.register(arn, [{ id: member.id }]);
      } catch (error) {
        this.args.log(`${group.name}: ${member.id} could not be registered with ${arn}: ${messageOf(error)}`);
      }
    }
    endActivity(activity, "Successful");
    this.reconcile(group);
  }

  private async finish(group: Group, member: Member, activity: Activity, drain: boolean): Promise<void> {
    const { ec2, hooks, instances, targets } = this.args;
    const running = (): boolean => instances.get(member.id)?.state === "running";
    const drained = group.targetGroups
      .filter((arn) => targets.pool(arn))
      .map((arn) => targets.deregister(arn, [{ id: member.id }]));
    const waits = drain && running() && drained.length > 0;
    if (waits) {
      activity.status = "WaitingForELBConnectionDraining";
    }
    // Awaits in any case: whoever plans the group's capacity right now must not be overtaken by the end of this.
    await Promise.all(waits ? drained : []);
    const transition = "autoscaling:EC2_INSTANCE_TERMINATING";
    if (!group.deleting && [...group.hooks.values()].some((hook) => hook.transition === transition)) {
      member.lifecycle = "Terminating:Wait";
      await hooks.wait(group, member.id, transition);
    }
    member.lifecycle = "Terminating:Proceed";
    if (instances.get(member.id)?.state !== "terminated") {
      await ec2.terminate(member.id);
      instances.shutDown(member.id, "terminated");
    }
    group.members.delete(member.id);
    endActivity(activity, "Successful");
    if (group.deleting && group.members.size === 0 && group.launching.length === 0) {
      this.groups.delete(group.name);
    }
    this.reconcile(group);
  }
}
