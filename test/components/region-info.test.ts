import { describeRegion, zonesOffering } from "../../components/region-info.ts";
import { answerCalls } from "./calls.ts";

test("the region's zones by name, in whatever order AWS tells them, and no Local Zones", async () => {
  const asked: unknown[] = [];
  await answerCalls({
    "aws:index/getCallerIdentity:getCallerIdentity": () => ({ accountId: "111111111111" }),
    "aws:index/getRegion:getRegion": () => ({ region: "eu-central-1" }),
    "aws:index/getPartition:getPartition": () => ({ partition: "aws", reverseDnsPrefix: "com.amazonaws" }),
    "aws:index/getAvailabilityZones:getAvailabilityZones": (inputs) => {
      asked.push(inputs);
      return { names: ["c", "a", "b"] };
    },
  });
  expect(await describeRegion()).toEqual({
    accountId: "111111111111",
    region: "eu-central-1",
    partition: "aws",
    reverseDnsPrefix: "com.amazonaws",
    zones: ["a", "b", "c"],
  });
  const filters = [{ name: "opt-in-status", values: ["opt-in-not-required"] }];
  expect(asked).toEqual([{ state: "available", filters }]);
});

test("asks by zone who offers a type", async () => {
  const asked: unknown[] = [];
  await answerCalls({
    "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": (inputs) => {
      asked.push(inputs);
      return { locations: ["b", "a"] };
    },
  });
  expect(await zonesOffering("t3.small")).toEqual(["b", "a"]);
  const filters = [{ name: "instance-type", values: ["t3.small"] }];
  expect(asked).toEqual([{ locationType: "availability-zone", filters }]);
});
