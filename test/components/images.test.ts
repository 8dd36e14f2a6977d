import { describeImage, describeSource } from "../../components/images.ts";
import { answerCalls, refusal } from "./calls.ts";

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

test("an image's root device, tagged version and boot gate", async () => {
  const tags = { Version: "v2.0.0", Commit: "abc", BootGate: "boot-gate", SourceAMI: "ami-0" };
  const image = { state: "available", rootDeviceName: "/dev/sda1", tags };
  expect(await describeWith(() => image)).toEqual({
    rootDeviceName: "/dev/sda1",
    version: "v2.0.0",
    sourceImageId: "ami-0",
    bootGate: true,
  });
});

test("an image without tags", async () => {
  const image = { state: "available", rootDeviceName: "/dev/xvda", tags: {} };
  expect(await describeWith(() => image)).toEqual({
    rootDeviceName: "/dev/xvda",
    version: undefined,
    bootGate: false,
  });
});

test("given a boot gate that answers another hook, then it does not count: all its launches would be given up", async () => {
  const image = { state: "available", rootDeviceName: "/dev/xvda", tags: { BootGate: "our-own" } };
  expect((await describeWith(() => image)).bootGate).toBe(false);
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

describe("the image that another one was built on", () => {
  const source = async (answer: () => Record<string, unknown>) => {
    const asked: unknown[] = [];
    await answerCalls({
      "aws:ec2/getAmi:getAmi": (inputs) => {
        asked.push(inputs);
        return answer();
      },
    });
    const found = await describeSource(id);
    expect(asked).toEqual([{ filters: [{ name: "image-id", values: [id] }], includeDeprecated: true }]);
    return found;
  };

  test("is told with its version and what it was built on itself, in whatever state it is", async () =>
    expect(await source(() => ({ state: "disabled", tags: { Version: "v1", SourceAMI: "ami-0" } }))).toEqual({
      imageId: id,
      version: "v1",
      sourceImageId: "ami-0",
    }));

  test.each(["Your query returned no results.", "InvalidAMIID.NotFound: x"])(
    "is unknown when it is gone: %s",
    async (details) => expect(await source(throws(details))).toBeUndefined(),
  );

  test("fails when AWS refuses to say", async () =>
    expect(source(throws("UnauthorizedOperation: not you"))).rejects.toThrow("UnauthorizedOperation: not you"));
});
