import { type Activity, DescribeScalingActivitiesCommand } from "@aws-sdk/client-auto-scaling";
import { byColor, colors, type ByColor } from "../../deployment/model.ts";
import type { Clients } from "../clients.ts";
import type { FleetFacts } from "../state/model.ts";

/** How many of a group's newest activities are asked for: AWS gives 100 at most in one answer. */
const mostActivities = 100;

/** Seconds from a launch to in service, by instance, of the launches that these activities tell to their end. */
export function launchSeconds(activities: readonly Activity[]): Map<string, number> {
  return new Map(
    activities.flatMap(({ Description = "", StatusCode, StartTime, EndTime }): [string, number][] => {
      const [, id] = /^Launching a new EC2 instance: (i-[0-9a-f]+)/.exec(Description) ?? [];
      if (id === undefined || StatusCode !== "Successful" || !StartTime || !EndTime) return [];
      return [[id, Math.round((EndTime.getTime() - StartTime.getTime()) / 1000)]];
    }),
  );
}

/**
 * Adds to instances in service how long that took, boot and boot gate included. Each instance is asked for once. Where AWS
 * does not tell, they stay as they are: a status must not fail for it.
 */
export function launchTimes({ autoScaling }: Pick<Clients, "autoScaling">) {
  const known = new Map<string, number | undefined>();
  return async (fleets: ByColor<FleetFacts>): Promise<ByColor<FleetFacts>> => {
    for (const color of colors) {
      const { groupName, instances } = fleets[color];
      const news = instances.filter(({ id, lifecycle }) => lifecycle === "InService" && !known.has(id));
      if (news.length === 0) continue;
      const input = { AutoScalingGroupName: groupName, MaxRecords: mostActivities };
      const { Activities = [] } = await autoScaling
        .send(new DescribeScalingActivitiesCommand(input))
        .catch(() => ({ Activities: [] }));
      const seconds = launchSeconds(Activities);
      for (const { id } of news) known.set(id, seconds.get(id));
    }
    return byColor((color) => ({
      ...fleets[color],
      instances: fleets[color].instances.map((one) => ({ ...one, inServiceAfter: known.get(one.id) })),
    }));
  };
}
