import type { Activity } from "@aws-sdk/client-auto-scaling";
import { launchSeconds, launchTimes } from "../../../cli/status/launches.ts";
import type { FleetFacts, Instance } from "../../../cli/state/model.ts";

const at = (seconds: number): Date => new Date(Date.UTC(2026, 10, 21) + seconds * 1000);
const launch = (id: string, begun: number, ended?: number, StatusCode: Activity["StatusCode"] = "Successful") =>
  ({
    Description: `Launching a new EC2 instance: ${id}`,
    StatusCode,
    StartTime: at(begun),
    EndTime: ended === undefined ? undefined : at(ended),
  }) as Activity;

it("given activities, then launches that came to their end tell how long they took", () => {
  const terminated = { ...launch("i-0a", 500, 600), Description: "Terminating EC2 instance: i-0a" };
  const activities = [launch("i-0a", 0, 74.4), launch("i-0b", 0), launch("i-0c", 0, 9, "Cancelled"), terminated];
  expect([...launchSeconds(activities)]).toEqual([["i-0a", 74]]);
});

describe("launchTimes", () => {
  const instance = (id: string, lifecycle = "InService"): Instance => ({ id, lifecycle });
  const fleet = (groupName: string, ...instances: Instance[]) => ({ groupName, instances }) as unknown as FleetFacts;
  const times = (fleets: { blue: FleetFacts; green: FleetFacts }) =>
    Object.fromEntries(
      [fleets.blue, fleets.green].flatMap(({ instances }) => instances.map((one) => [one.id, one.inServiceAfter])),
    );

  it("asks once for each instance that came into service, and of the fleet that has it alone", async () => {
    const asked: string[] = [];
    const send = ({ input }: { input: { AutoScalingGroupName: string } }) => {
      asked.push(input.AutoScalingGroupName);
      return Promise.resolve({ Activities: [launch("i-0a", 0, 60), launch("i-0b", 0, 90)] });
    };
    const timed = launchTimes({ autoScaling: { send } } as never);
    const green = fleet("green");
    expect(
      times(await timed({ blue: fleet("blue", instance("i-0a"), instance("i-0b", "Pending:Wait")), green })),
    ).toEqual({
      "i-0a": 60,
      "i-0b": undefined,
    });
    const later = { blue: fleet("blue", instance("i-0a"), instance("i-0b"), instance("i-0c")), green };
    expect(times(await timed(later))).toEqual({ "i-0a": 60, "i-0b": 90, "i-0c": undefined });
    await timed(later);
    expect(asked).toEqual(["blue", "blue"]);
  });

  it("leaves the status as it is where AWS does not answer", async () => {
    const timed = launchTimes({ autoScaling: { send: () => Promise.reject(new Error("AccessDenied")) } } as never);
    const fleets = { blue: fleet("blue", instance("i-0a")), green: fleet("green") };
    expect(times(await timed(fleets))).toEqual({ "i-0a": undefined });
  });
});
