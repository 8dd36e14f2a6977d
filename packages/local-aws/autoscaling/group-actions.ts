import { validationError } from "@bluegreen/query-protocol";
import { moment } from "./activities.ts";
import { activityAnswer } from "./answers.ts";
import { checkName, createGroup, updateGroup } from "./groups.ts";
import { checkDelete, checkDesired } from "./refusals.ts";
import { groupOf, memberOf } from "./scaling.ts";
import type { Action } from "./action.ts";
import type { Group, Member } from "./model.ts";
import type { ActionName } from "./schemas.ts";

/** @throws ValidationError where the group has no such instance. */
function memberIn(group: Group, id: string): Member {
  const member = group.members.get(id);
  if (!member) throw validationError(`The instance ${id} is not part of Auto Scaling group ${group.name}.`);
  return member;
}

/** Actions that make, size and end groups and their instances. */
export const groupActions = {
  async CreateAutoScalingGroup(args, { controller, around }) {
    checkName(controller.groups, args.AutoScalingGroupName);
    const group = await createGroup(args, around);
    checkName(controller.groups, group.name);
    controller.groups.set(group.name, group);
    controller.reconcile(group);
  },

  async UpdateAutoScalingGroup(args, scaling) {
    const group = groupOf(scaling, args.AutoScalingGroupName);
    await updateGroup(group, args, scaling.around);
    scaling.controller.reconcile(group);
  },

  DeleteAutoScalingGroup(args, scaling) {
    const { controller } = scaling;
    const group = groupOf(scaling, args.AutoScalingGroupName);
    if (!args.ForceDelete) {
      checkDelete(group);
    }
    group.deleting = true;
    if (group.members.size === 0 && group.launching.length === 0) {
      controller.groups.delete(group.name);
      return;
    }
    const cause = `At ${moment(new Date())} a user request deleted the AutoScalingGroup.`;
    group.members.forEach((member) => void controller.terminate(group, member, cause, false));
  },

  SetDesiredCapacity(args, scaling) {
    const group = groupOf(scaling, args.AutoScalingGroupName);
    checkDesired(group, args.DesiredCapacity);
    group.lastRequest =
      `At ${moment(new Date())} a user request explicitly set group desired capacity changing the desired capacity ` +
      `from ${group.desired} to ${args.DesiredCapacity}.`;
    group.desired = args.DesiredCapacity;
    scaling.controller.reconcile(group);
  },

  TerminateInstanceInAutoScalingGroup(args, scaling) {
    const { group, member } = memberOf(scaling, args.InstanceId);
    if (args.ShouldDecrementDesiredCapacity) {
      if (group.desired <= group.minSize) {
        throw validationError(
          `Currently, desiredSize equals minSize (${group.minSize}). Terminating instance without replacement will ` +
            "violate group's min size constraint. Either set shouldDecrementDesiredCapacity flag to false or lower " +
            "group's min size.",
        );
      }
      group.desired--;
    }
    const cause = `At ${moment(new Date())} instance ${member.id} was taken out of service in response to a user request.`;
    const activity = scaling.controller.terminate(group, member, cause);
    scaling.controller.reconcile(group);
    return { Activity: activityAnswer(activity) };
  },

  EnterStandby(args, scaling) {
    const group = groupOf(scaling, args.AutoScalingGroupName);
    const members = args.InstanceIds.map((id) => memberIn(group, id));
    const desired = group.desired - members.length;
    if (args.ShouldDecrementDesiredCapacity && desired < group.minSize) {
      throw validationError(
        `AutoScalingGroup ${group.name} has min-size=${group.minSize}, max-size=${group.maxSize}, and desired-size=${group.desired}. ` +
          `To place into standby ${members.length} instance, please update the AutoScalingGroup sizes appropriately.`,
      );
    }
    if (args.ShouldDecrementDesiredCapacity) group.desired = desired;
    members.forEach((member) => scaling.controller.setAside(group, member));
    scaling.controller.reconcile(group);
    return { Activities: [] };
  },

  ExitStandby(args, scaling) {
    const group = groupOf(scaling, args.AutoScalingGroupName);
    const members = args.InstanceIds.map((id) => memberIn(group, id));
    group.desired += members.length;
    members.forEach((member) => scaling.controller.takeBack(group, member));
    return { Activities: [] };
  },

  SetInstanceHealth(args, scaling) {
    const { group, member } = memberOf(scaling, args.InstanceId);
    const { clock } = scaling;
    const graceEnds = (member.inServiceAt ?? Infinity) + clock.milliseconds(group.healthCheckGracePeriod);
    if (args.HealthStatus === "Unhealthy" && args.ShouldRespectGracePeriod && Date.now() < graceEnds) {
      return;
    }
    member.health = args.HealthStatus;
    member.unhealthyBecause = "an instance was taken out of service in response to a user health-check.";
    scaling.controller.reconcile(group);
  },

  SetInstanceProtection(args, scaling) {
    const group = groupOf(scaling, args.AutoScalingGroupName);
    for (const id of args.InstanceIds) memberIn(group, id).protectedFromScaleIn = args.ProtectedFromScaleIn;
    scaling.controller.reconcile(group);
  },
} satisfies { [Name in ActionName]?: Action<Name> };
