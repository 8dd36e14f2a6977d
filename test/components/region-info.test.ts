import { describeRegion } from "../../components/region-info.ts";
import { answerCalls } from "./calls.ts";

const asked: unknown[] = [];

const answer = (names: string[]) =>
  answerCalls({
    "aws:index/getCallerIdentity:getCallerIdentity": () => ({ accountId: "111111111111" }),
    "aws:index/getRegion:getRegion": () => ({ region: "eu-central-1" }),
    "aws:index/getPartition:getPartition": () => ({ partition: "aws", reverseDnsPrefix: "com.amazonaws" }),
    "aws:index/getAvailabilityZones:getAvailabilityZones": (inputs) => {
      asked.push(inputs);
      return { names };
    },
  });

test("the first zones by name, in whatever order AWS tells them, and no Local Zones", async () => {
  await answer(["c", "a", "b"]);
  expect(await describeRegion(2)).toEqual({
    accountId: "111111111111",
    region: "eu-central-1",
    partition: "aws",
    reverseDnsPrefix: "com.amazonaws",
    availabilityZoneNames: ["a", "b"],
  });
  const filters = [{ name: "opt-in-status", values: ["opt-in-not-required"] }];
  expect(asked).toEqual([{ state: "available", filters }]);
});

test("as many zones as there are", async () => {
  await answer(["b", "a"]);
  expect((await describeRegion(2)).availabilityZoneNames).toEqual(["a", "b"]);
});

test("fails when the region has fewer", async () => {
  await answer(["a", "b"]);
  await expect(describeRegion(3)).rejects.toThrow("availabilityZoneCount is 3, but eu-central-1 has 2: a, b.");
});
