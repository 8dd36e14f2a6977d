import { faultOf, type HealthFacts } from "../../../../packages/local-aws/autoscaling/health.ts";

const good: HealthFacts = {
  types: ["ELB"],
  ec2State: "running",
  secondsInService: 100,
  gracePeriod: 60,
  targetStates: ["healthy"],
};

const cases: [string, Partial<HealthFacts>, RegExp | undefined][] = [
  ["a good one", {}, undefined],
  ["unhealthy behind the load balancer", { targetStates: ["healthy", "unhealthy"] }, /ELB system health check/],
  ["the same within the grace period", { targetStates: ["unhealthy"], secondsInService: 59 }, undefined],
  ["the same before it is in service", { targetStates: ["unhealthy"], secondsInService: undefined }, undefined],
  ["the same, when only EC2 counts", { types: ["EC2"], targetStates: ["unhealthy"] }, undefined],
  ["one that is not checked yet", { targetStates: ["initial"] }, undefined],
  ["one behind a group that nobody uses", { targetStates: ["unused"] }, undefined],
  ["terminated within the grace period", { ec2State: "terminated", secondsInService: 1 }, /terminated or stopped/],
  ["stopped", { ec2State: "stopped" }, /terminated or stopped/],
  ["a machine that just died", { types: ["EC2"], secondsSinceDeath: 60 }, undefined],
  ["a machine that is dead for long", { types: ["EC2"], secondsSinceDeath: 120 }, /status checks/],
];

test.each(cases)("%s", (_name, over, expected) => {
  const fault = faultOf({ ...good, ...over });
  if (expected) {
    expect(fault).toMatch(expected);
  } else {
    expect(fault).toBeUndefined();
  }
});
