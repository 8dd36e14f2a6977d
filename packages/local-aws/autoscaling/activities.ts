import { randomUUID } from "node:crypto";
import type { Activity, Group } from "./model.ts";

/** How many activities a group remembers. */
const memory = 200;

/** A moment as AWS writes it in causes: without milliseconds. */
export function moment(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, "Z");
}

/** Notes that something begins; the newest activity comes first. */
export function beginActivity(group: Group, description: string, cause: string, details: object): Activity {
  const activity: Activity = {
    id: randomUUID(),
    group: group.name,
    description,
    cause,
    start: new Date(),
    status: "InProgress",
    progress: 0,
    details: JSON.stringify(details),
  };
  group.activities.unshift(activity);
  group.activities.splice(memory);
  return activity;
}

/** Notes how it ended. */
export function endActivity(activity: Activity, status: Activity["status"], message?: string): void {
  Object.assign(activity, { status, message, progress: 100, end: new Date() });
}

/** Why a launch happens, in AWS's words. */
export function launchCause(group: Group, capacity: number): string {
  const now = moment(new Date());
  const asked = group.lastRequest ? `${group.lastRequest}  ` : "";
  return (
    `${asked}At ${now} an instance was started in response to a difference between desired and actual capacity, ` +
    `increasing the capacity from ${capacity} to ${capacity + 1}.`
  );
}

/** Why an instance is taken out because there are too many, in AWS's words. */
export function shrinkCause(group: Group, capacity: number, id: string): string {
  const now = moment(new Date());
  const asked = group.lastRequest ? `${group.lastRequest}  ` : "";
  return (
    `${asked}At ${now} an instance was taken out of service in response to a difference between desired and actual ` +
    `capacity, shrinking the capacity from ${capacity} to ${capacity - 1}.  At ${now} instance ${id} was selected for termination.`
  );
}
