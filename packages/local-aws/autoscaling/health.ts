/** AWS seconds until EC2's status checks show a machine that died: two failed checks of a minute each. */
const statusCheckTime = 120;

/** What is known about a member's health. */
export interface HealthFacts {
  /** The group's health-check types, `EC2` and `ELB`; EC2's is always on. */
  types: string[];
  ec2State: "running" | "stopped" | "terminated";
  /** AWS seconds since the machine died; undefined for a living one. */
  secondsSinceDeath?: number;
  /** AWS seconds since it came into service; undefined before. */
  secondsInService?: number;
  /** AWS seconds; 0 unless the group says otherwise. */
  gracePeriod: number;
  /** The member's state in each of the group's target groups. */
  targetStates: string[];
}

/**
 * Why a member is unhealthy, in AWS's words; undefined when it isn't. A terminated or stopped instance is noticed also
 * within the grace period, failed checks are not.
 */
export function faultOf(facts: HealthFacts): string | undefined {
  if (facts.ec2State !== "running") {
    return "an instance was taken out of service in response to an EC2 health check indicating it has been terminated or stopped.";
  }
  if (facts.secondsInService === undefined || facts.secondsInService < facts.gracePeriod) {
    return undefined;
  }
  if (facts.secondsSinceDeath !== undefined && facts.secondsSinceDeath >= statusCheckTime) {
    return "an instance was taken out of service in response to an EC2 instance status checks failure.";
  }
  if (facts.types.includes("ELB") && facts.targetStates.includes("unhealthy")) {
    return "an instance was taken out of service in response to an ELB system health check failure.";
  }
  return undefined;
}
