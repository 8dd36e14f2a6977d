import { describeImage } from "../../components/images";
import { answerCalls, refusal } from "./calls";

const id = "ami-11111111";

async function describeWith(answer: () => Record<string, unknown>) {
  const asked: unknown[] = [];
  await answerCalls({
    "aws:ec2/getAmi:getAmi": (inputs) => {
      asked.push(inputs);
      return answer();
    },
  });
  const image = await describeImage(id, "greenAmi");
  expect(asked).toEqual([{ filters: [{ name: "image-id", values: [id] }], includeDeprecated: true }]);
  return image;
}

test("an image's root device and tagged version", async () => {
  const image = { state: "available", rootDeviceName: "/dev/sda1", tags: { Version: "v2.0.0", Commit: "abc" } };
  expect(await describeWith(() => image)).toEqual({ rootDeviceName: "/dev/sda1", version: "v2.0.0" });
});

test("an image without a version", async () => {
  const image = { state: "available", rootDeviceName: "/dev/xvda", tags: {} };
  expect((await describeWith(() => image)).version).toBeUndefined();
});

const throws = (details: string) => () => {
  throw refusal(details);
};

test.each<[string, () => Record<string, unknown>, RegExp]>([
  [
    "it isn't there",
    throws("Your query returned no results."),
    /^greenAmi is ami-11111111, but no such image can be seen\. Pin an image/,
  ],
  ["AWS knows no such id", throws("InvalidAMIID.NotFound: x"), /no such image can be seen/],
  ["it isn't ready", () => ({ state: "pending", rootDeviceName: "/dev/xvda", tags: {} }), /but it is pending/],
  ["AWS refuses to say", throws("UnauthorizedOperation: not you"), /UnauthorizedOperation: not you/],
])("fails when %s", async (_, answer, message) => {
  await expect(describeWith(answer)).rejects.toThrow(message);
});
