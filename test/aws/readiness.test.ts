import type { Activity } from "@aws-sdk/client-auto-scaling";
import { fleetState, waitUntilReady } from "../../aws/readiness.ts";
import { fakeClients, groupOf, inService, target, type World } from "./fake-aws.ts";

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000);

const failed = (StatusMessage: string, StartTime = at(1)) =>
  ({ StatusCode: "Failed", StatusMessage, StartTime, Description: "Launching a new EC2 instance" }) as Activity;
const replaced = (id: string, StartTime = at(1)) =>
  ({
    StatusCode: "Successful",
    Cause: `At 2026-01-01 an instance was taken out of service in response to an ELB system health check failure.`,
    Description: `Terminating EC2 instance: ${id}`,
    StartTime,
  }) as Activity;
const scaledIn = {
  StatusCode: "Successful",
  Cause: "At 2026-01-01 a monitor alarm changed the desired capacity",
} as Activity;

const token = "Lifecycle Action with token e85eb647-4fe0-4909-b341-a6c42d8aba1f was abandoned";
const givenUp = (id: string, how: string, StartTime = at(1)) => {
  const StatusMessage = `Instance failed to complete user's Lifecycle Action: ${token}: ${how}`;
  const Description = `Launching a new EC2 instance: ${id}.  Status Reason: ${StatusMessage}`;
  return { StatusCode: "Cancelled", StatusMessage, Description, StartTime } as Activity;
};
const [answered, silent] = ["Lifecycle Action Completed with ABANDON Result", "Heartbeat Timeout"];
const report = (id: string, how: string) =>
  `Instance failed to complete user's Lifecycle Action: ${token}: ${how}; see aws ec2 get-console-output --output text ` +
  `--instance-id ${id}, or journalctl -u bluegreen-boot-gate on a living instance`;

const noRoom = "We currently do not have sufficient t3.small capacity. Launching EC2 instance failed.";
const noQuota =
  "You have requested more vCPU capacity than your current vCPU limit of 5 allows for the instance bucket that the " +
  "specified instance type belongs to. Launching EC2 instance failed.";
const noKey = "Client.InternalError: Client error on launch";
const noType =
  "Your requested instance type (t3.small) is not supported in your requested Availability Zone (eu-central-1c). " +
  "Launching EC2 instance failed.";
/** Of pelias-deprecated/kubernetes#32. */
const noRole =
  "Access denied when attempting to assume role arn:aws:iam::1:role/aws-service-role/autoscaling.amazonaws.com/" +
  "AWSServiceRoleForAutoScaling. Validating load balancer configuration failed.";
/** Of terraform-aws-modules/terraform-aws-autoscaling#109 and aws/aws-cdk#34491. */
const reasonOfEnd = (reason: string) =>
  `Instance became unhealthy while waiting for instance to be in InService state. Termination Reason: ${reason}`;
const endedByEc2 = (reason: string) =>
  ({ StatusCode: "Cancelled", StatusMessage: reasonOfEnd(reason), StartTime: at(1) }) as Activity;
const launched = (id: string) =>
  ({ StatusCode: "Successful", Description: `Launching a new EC2 instance: ${id}`, StartTime: at(1) }) as Activity;
const terminated = {
  StatusCode: "Successful",
  Description: "Terminating EC2 instance i-7 before launching a new EC2 instance",
  StartTime: at(1),
} as Activity;
const endedWell = { StatusCode: "Successful", StatusMessage: reasonOfEnd("done"), StartTime: at(1) } as Activity;
const takenBack = (id: string) =>
  ({
    StatusCode: "Successful",
    Description: `Terminating EC2 instance: ${id}`,
    StartTime: at(1),
    Cause:
      "At 2026-01-01 an instance was taken out of service in response to an EC2 health check indicating it has been terminated or stopped.",
  }) as Activity;

describe("one look at a fleet", () => {
  const pair = groupOf(["i-1", "i-2"]);
  const waiting = groupOf(["i-1", "i-2"]);
  waiting.Instances = waiting.Instances?.map((instance, index) => ({
    ...instance,
    LifecycleState: index === 0 ? "InService" : "Pending:Wait",
  }));
  const atTheGate = groupOf([]);
  atTheGate.Instances = ["i-1", "i-2"].map((id) => inService(id, "Pending:Wait"));
  const cancelled = {
    StatusCode: "Cancelled",
    StatusMessage: "Spot request was cancelled",
    StartTime: at(1),
  } as Activity;
  type Case = [string, Parameters<typeof fleetState>, ReturnType<typeof fleetState>];
  const healthy = ["i-1 healthy", "i-2 healthy"].map(target);

  test.each<Case>([
    ["as many healthy as wanted", [pair, healthy, [], 2], { ready: true, summary: "2 of 2 healthy" }],
    [
      "given as many healthy as wanted, earlier failures do not count",
      [pair, healthy, [failed(noKey), replaced("a"), replaced("b")], 2],
      { ready: true, summary: "2 of 2 healthy" },
    ],
    ["no group yet", [undefined, [], [], 2], { ready: false, summary: "0 of 2 healthy" }],
    ["an empty group that should hold some", [groupOf([], 0), [], [], 1], { ready: false, summary: "0 of 1 healthy" }],
    [
      "fewer than its minimum, though all that it wants",
      [pair, healthy, [], 3],
      { ready: false, summary: "2 of 3 healthy" },
    ],
    [
      "fewer than it wants, though its minimum",
      [groupOf(["i-1", "i-2"], 4), healthy, [], 2],
      { ready: false, summary: "2 of 4 healthy" },
    ],
    [
      "targets of an earlier group don't count",
      [groupOf(["i-3"]), healthy, [], 1],
      { ready: false, summary: "0 of 1 healthy" },
    ],
    [
      "given unhealthy targets, it gives AWS's reasons, or that there are none",
      [
        pair,
        ["i-1 unhealthy: Health checks failed with these codes: [503]", "i-2 initial", "i-9 unhealthy: old"].map(
          target,
        ),
        [],
        2,
      ],
      {
        ready: false,
        summary:
          "0 of 2 healthy (i-1 unhealthy: Health checks failed with these codes: [503]; i-2 initial: no reason given)",
      },
    ],
    [
      "given one failed launch, it goes on and says so",
      [pair, [], [failed(noKey)], 2],
      { ready: false, summary: `0 of 2 healthy; the last launch failed: ${noKey}` },
    ],
    [
      "given two failed launches and none that came up, it ends",
      [pair, [], [failed(noKey), failed(noKey)], 2],
      { ready: false, summary: "0 of 2 healthy", failure: `2 of its launches failed: ${noKey}` },
    ],
    [
      "given two launches that EC2 ended, which AWS calls cancelled, it ends with AWS's words",
      [pair, [], [endedByEc2(noKey), endedByEc2(noKey)], 2],
      { ready: false, summary: "0 of 2 healthy", failure: `2 of its launches failed: ${reasonOfEnd(noKey)}` },
    ],
    [
      "given two failed launches among good ones, it goes on: a zone without the type",
      [pair, [], [failed(noType), failed(noType), launched("i-1")], 2],
      { ready: false, summary: `0 of 2 healthy; the last launch failed: ${noType}` },
    ],
    [
      "given the service-linked role that can't be assumed yet, it goes on: an account's first group",
      [pair, [], [failed(noRole), failed(noRole), failed(noRole)], 2],
      { ready: false, summary: `0 of 2 healthy; the last launch failed: ${noRole}` },
    ],
    [
      "given Spot instances that are taken back, it goes on: the image is not to blame",
      [
        pair,
        [],
        [takenBack("i-7"), takenBack("i-8"), takenBack("i-9"), endedByEc2("Server.SpotInstanceTermination")],
        2,
      ],
      { ready: false, summary: "0 of 2 healthy" },
    ],
    [
      "given suspended processes that it needs, it ends: the image is not to blame",
      [
        { ...pair, SuspendedProcesses: [{ ProcessName: "Launch", SuspensionReason: "User suspended at 2026" }] },
        [],
        [],
        2,
      ],
      { ready: false, summary: "0 of 2 healthy", suspended: "Launch (User suspended at 2026)" },
    ],
    [
      "given two of them, both are named",
      [
        {
          ...pair,
          SuspendedProcesses: [{ ProcessName: "Launch" }, { ProcessName: "AddToLoadBalancer", SuspensionReason: "u" }],
        },
        [],
        [],
        2,
      ],
      {
        ready: false,
        summary: "0 of 2 healthy",
        suspended: "Launch (no reason given), AddToLoadBalancer (u)",
      },
    ],
    [
      "given one instance of several that is ill, and nobody replaces it, it ends",
      [
        { ...pair, SuspendedProcesses: [{ ProcessName: "ReplaceUnhealthy", SuspensionReason: "u" }] },
        ["i-1 healthy", "i-2 unhealthy"].map(target),
        [],
        2,
      ],
      { ready: false, summary: "1 of 2 healthy", suspended: "ReplaceUnhealthy (u)" },
    ],
    [
      "given two failed launches while an instance is healthy, it goes on",
      [pair, ["i-1 healthy"].map(target), [failed(noKey), failed(noKey)], 2],
      { ready: false, summary: `1 of 2 healthy; the last launch failed: ${noKey}` },
    ],
    [
      "given two failed launches beside an instance that was taken away, it ends: none came up",
      [pair, [], [failed(noKey), failed(noKey), terminated], 2],
      { ready: false, summary: "0 of 2 healthy", failure: `2 of its launches failed: ${noKey}` },
    ],
    [
      "given instances that ended when their work was done, they are no failed launches",
      [pair, [], [endedWell, endedWell], 2],
      { ready: false, summary: "0 of 2 healthy" },
    ],
    [
      "given instances taken out by a person, and ones that passed a health check, they do not count as replaced",
      [
        pair,
        [],
        ["was taken out of service in response to a user request", "has passed its health check"].flatMap((cause) => {
          const activity = { StatusCode: "Successful", Cause: `At 2026-01-01 an instance ${cause}.` } as Activity;
          return [activity, activity];
        }),
        2,
      ],
      { ready: false, summary: "0 of 2 healthy" },
    ],
    [
      "given targets of which AWS tells little, it says what there is",
      [
        pair,
        [
          {},
          { Target: { Id: "i-1" } },
          { Target: { Id: "i-2" }, TargetHealth: { State: "unhealthy", Reason: "Target.Timeout" } },
        ],
        [],
        2,
      ],
      {
        ready: false,
        summary: "0 of 2 healthy (i-1 undefined: no reason given; i-2 unhealthy: Target.Timeout)",
      },
    ],
    [
      "given two instances at the boot gate, both are named",
      [atTheGate, [], [], 2],
      { ready: false, summary: "0 of 2 healthy; at the boot gate: i-1, i-2" },
    ],
    [
      "given a launch that was given up, of which AWS does not tell the instance, it says where to look all the same",
      [pair, [], [{ ...givenUp("i-0a", answered), Description: undefined }], 2],
      {
        ready: false,
        summary: `0 of 2 healthy; a launch was given up at the boot gate: ${report("i-...", answered)}`,
      },
    ],
    [
      "given suspended processes that it doesn't need, it goes on",
      [{ ...pair, SuspendedProcesses: [{ ProcessName: "AlarmNotification", SuspensionReason: "u" }] }, [], [], 2],
      { ready: false, summary: "0 of 2 healthy" },
    ],
    [
      "given a lack of machines at AWS, it goes on and says so",
      [pair, [], [failed(noRoom)], 2],
      { ready: false, summary: `0 of 2 healthy; the last launch failed: ${noRoom}` },
    ],
    [
      "given an exhausted quota of the account, it ends",
      [pair, [], [failed(noQuota)], 2],
      { ready: false, summary: "0 of 2 healthy", failure: `a launch failed: ${noQuota}` },
    ],
    [
      "given two failed launches before a lack of machines, it ends",
      [pair, [], [failed(noRoom), failed(noKey), failed(noKey)], 2],
      { ready: false, summary: "0 of 2 healthy", failure: `2 of its launches failed: ${noKey}` },
    ],
    [
      "given one replaced instance, it goes on",
      [pair, [], [replaced("i-8"), scaledIn, scaledIn], 2],
      { ready: false, summary: "0 of 2 healthy" },
    ],
    [
      "given two replaced instances, it ends: the image is bad",
      [pair, ["i-1 unhealthy: Target.Timeout"].map(target), [replaced("i-8"), replaced("i-9")], 2],
      {
        ready: false,
        summary: "0 of 2 healthy",
        failure: "2 of its instances failed their health checks and were replaced (i-1 unhealthy: Target.Timeout)",
      },
    ],
    [
      "given instances at the boot gate, they are in no target group, and it says so",
      [waiting, ["i-1 healthy"].map(target), [], 2],
      { ready: false, summary: "1 of 2 healthy; at the boot gate: i-2" },
    ],
    [
      "given one launch given up at the boot gate, it goes on and says so",
      [waiting, ["i-1 healthy"].map(target), [givenUp("i-0a", answered)], 2],
      {
        ready: false,
        summary: `1 of 2 healthy; at the boot gate: i-2; a launch was given up at the boot gate: ${report("i-0a", answered)}`,
      },
    ],
    [
      "given two launches given up, by an answer or for want of one, it ends: the image is bad",
      [waiting, [], [givenUp("i-0b", silent), givenUp("i-0a", answered)], 2],
      {
        ready: false,
        summary: "0 of 2 healthy",
        failure: `2 of its launches were given up at the boot gate (${report("i-0b", silent)})`,
      },
    ],
    [
      "given launches cancelled for other reasons, they do not count",
      [pair, [], [cancelled, cancelled, givenUp("i-0a", answered)], 2],
      {
        ready: false,
        summary: `0 of 2 healthy; a launch was given up at the boot gate: ${report("i-0a", answered)}`,
      },
    ],
    [
      "given as many healthy as wanted, launches given up do not count",
      [pair, healthy, [givenUp("i-0a", answered), givenUp("i-0b", answered)], 2],
      { ready: true, summary: "2 of 2 healthy" },
    ],
  ])("%s", (_, look, expected) => expect(fleetState(...look)).toEqual(expected));
});

describe("waiting for a fleet", () => {
  beforeEach(() => jest.useFakeTimers({ now: at(0) }));
  afterEach(() => jest.useRealTimers());

  /** Waits in a world that is a function of the seconds since the start. @returns how it ended, when, and what was told. */
  async function wait(world: (seconds: number) => World, timeout = 60, serves = false) {
    const told: string[] = [];
    const seconds = () => (Date.now() - at(0).getTime()) / 1000;
    const clients = fakeClients(() => world(seconds()));
    const readiness = {
      color: "green" as const,
      groupName: "g",
      targetGroupArn: "arn",
      minSize: 1,
      serves,
      timeout,
      since: at(0).getTime(),
    };
    let end: string | undefined;
    const waiting = waitUntilReady(clients, readiness, (summary) => told.push(summary)).then(
      () => (end = "ready"),
      (error: Error) => (end = error.message),
    );
    while (end === undefined && seconds() < timeout * 3) await jest.advanceTimersByTimeAsync(250);
    if (end !== undefined) await waiting;
    return { end, after: seconds(), told };
  }

  const fleet = (health: string, activities: Activity[] = []): World => ({
    groups: { g: groupOf(["i-1"]) },
    targets: { arn: [`i-1 ${health}`] },
    activities: { g: activities },
  });

  test("ends at once when the fleet is ready", async () =>
    expect(await wait(() => fleet("healthy"))).toEqual({
      end: "ready",
      after: expect.any(Number) as number,
      told: [],
    }));

  test("looks again until it is ready, and tells each state once", async () => {
    const { end, after, told } = await wait((s) => fleet(s < 20 ? "initial" : "healthy"));
    expect(end).toBe("ready");
    expect(after).toBeGreaterThanOrEqual(20);
    expect(after).toBeLessThan(30);
    expect(told).toEqual(["0 of 1 healthy (i-1 initial: no reason given)"]);
  });

  test("looks again soon at first: most fleets are ready within seconds", async () => {
    const { after } = await wait((s) => fleet(s < 1 ? "initial" : "healthy"));
    expect(after).toBeLessThan(3);
  });

  test("given failures in the very moment in which the update began, then they count", async () => {
    const { end } = await wait(() => fleet("initial", [failed(noKey, at(0)), failed(noKey, at(0))]));
    expect(end).toContain("2 of its launches failed");
  });

  test("waits for a group that isn't there yet", async () => {
    const { end, told } = await wait((s) => (s < 5 ? { targets: { arn: [] } } : fleet("healthy")));
    expect([end, told]).toEqual(["ready", ["0 of 1 healthy"]]);
  });

  test("fails at the deadline with the targets' words and what to do", async () => {
    const { end, after } = await wait(() => fleet("unhealthy: Health checks failed"));
    expect(end).toBe(
      "[fleet-not-ready green] The green fleet (g) is not ready: not after 60 s: 0 of 1 healthy (i-1 unhealthy: Health checks failed). " +
        "No traffic was moved to it. Set greenAmi to a good image and update again, or switch the fleet off with standby: off.",
    );
    expect(after).toBeGreaterThan(60);
    expect(after).toBeLessThan(70);
  });

  test("fails for a fleet that serves with the way to the other one", async () => {
    const { end } = await wait(() => fleet("unhealthy: Health checks failed"), 60, true);
    expect(end).toContain("It serves, and goes on with what it has.");
    expect(end).toContain("set activeColor");
    expect(end).not.toContain("greenAmi");
  });

  test("fails early on a launch that can't succeed, with AWS's words", async () => {
    const { end, after } = await wait(() => fleet("initial", [failed(noKey), failed(noKey)]));
    expect(end).toContain(`is not ready: 2 of its launches failed: ${noKey}`);
    expect(after).toBeLessThan(5);
  });

  test("given a group whose launches somebody suspended, then it ends at once, in words that blame no image", async () => {
    const suspended = [{ ProcessName: "Launch", SuspensionReason: "User suspended" }];
    const { end, after } = await wait(() => ({
      ...fleet("initial"),
      groups: { g: { ...groupOf(["i-1"]), SuspendedProcesses: suspended } },
    }));
    expect(end).toMatch(
      /^\[fleet-held-up green\] The green fleet \(g\) can't become ready: .* Launch \(User suspended\)\. Resume them: aws autoscaling/,
    );
    expect(end).not.toContain("[fleet-not-ready");
    expect(after).toBeLessThan(5);
  });

  test.each<[string, string, boolean]>([
    ["HealthCheck", "unhealthy", true],
    ["ReplaceUnhealthy", "unhealthy", true],
    ["HealthCheck", "initial", false],
    ["AZRebalance", "unhealthy", false],
  ])(
    "given %s suspended and an instance that is %s, then waiting ends at once: %s",
    async (ProcessName, state, ends) => {
      const SuspendedProcesses = [{ ProcessName, SuspensionReason: "User suspended" }];
      const { end } = await wait((s) => ({
        ...fleet(ends || s < 10 ? state : "healthy"),
        groups: { g: { ...groupOf(["i-1"]), SuspendedProcesses } },
      }));
      if (ends) expect(end).toContain(`are suspended: ${ProcessName} (User suspended). Resume them`);
      else expect(end).toBe("ready");
    },
  );

  test("fails early when a second instance is replaced", async () => {
    const { end, after } = await wait((s) =>
      fleet("initial", s < 10 ? [replaced("i-8")] : [replaced("i-9"), replaced("i-8")]),
    );
    expect(end).toContain("2 of its instances failed their health checks");
    expect(after).toBeLessThan(20);
  });

  test("fails early when a second launch is given up at the boot gate, with the way to its report", async () => {
    const { end, after } = await wait((s) =>
      fleet("initial", s < 10 ? [givenUp("i-0a", answered)] : [givenUp("i-0b", answered), givenUp("i-0a", answered)]),
    );
    expect(end).toContain("2 of its launches were given up at the boot gate (Instance failed to complete user's");
    expect(end).toContain("get-console-output --output text --instance-id i-0b");
    expect(after).toBeLessThan(20);
  });

  test("given a lack of machines at AWS, then it waits and says so at the deadline", async () => {
    expect((await wait((s) => fleet(s < 40 ? "initial" : "healthy", [failed(noRoom)]))).end).toBe("ready");
    expect((await wait(() => fleet("initial", [failed(noRoom)]))).end).toContain(`the last launch failed: ${noRoom}`);
  });

  test("given failures from before this update, then they do not count", async () => {
    const gaveUp = ["i-0a", "i-0b"].map((id) => givenUp(id, answered, at(-3)));
    const history = [failed(noKey, at(-1)), replaced("i-8", at(-1)), replaced("i-9", at(-2)), ...gaveUp];

    expect((await wait((s) => fleet(s < 10 ? "initial" : "healthy", history))).end).toBe("ready");
  });

  test("fails with AWS's error when it can't be asked", async () => {
    const { end } = await wait(() => {
      throw new Error("ExpiredToken");
    });
    expect(end).toBe("ExpiredToken");
  });
});
