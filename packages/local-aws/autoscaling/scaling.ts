import type { Clock } from "../clock.ts";
import { validationError } from "@bluegreen/query-protocol";
import type { Targets } from "../elb/targets.ts";
import type { Controller } from "./controller.ts";
import { requireGroup, type Surroundings } from "./groups.ts";
import type { Hooks } from "./hooks.ts";
import type { Group, Member } from "./model.ts";

/** What the actions of Auto Scaling work on. */
export interface Scaling {
  clock: Clock;
  controller: Controller;
  hooks: Hooks;
  targets: Targets;
  around: Surroundings;
}

/** The group of that name, or AWS's refusal. */
export function groupOf(scaling: Scaling, name: string): Group {
  return requireGroup(scaling.controller.groups, name);
}

/** The member with that instance id and its group, or AWS's refusal. */
export function memberOf(scaling: Scaling, id: string): { group: Group; member: Member } {
  for (const group of scaling.controller.groups.values()) {
    const member = group.members.get(id);
    if (member) {
      return { group, member };
    }
  }
  throw validationError(`Instance Id not found - No managed instance found for instance ID: ${id}`);
}
