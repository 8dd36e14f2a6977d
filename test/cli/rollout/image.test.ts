import { ParameterNotFound } from "@aws-sdk/client-ssm";
import { imageFaults, requireImageName, resolveImage } from "../../../cli/rollout/image.ts";
import type { Session } from "../../../cli/session.ts";
import { v2 } from "../worlds.ts";

const proved = { ...v2, gossReport: "sha256:1" };

test("an image with its version and its report may be released", () => expect(imageFaults(proved)).toEqual([]));
test.each([
  [{ ...proved, version: undefined }, [/no tag Version/]],
  [v2, [/no tag GossReport/]],
  [{ imageId: "ami-00000001" }, [/ami-00000001 has no tag Version/, /ami-00000001 has no tag GossReport/]],
])("%j may not be released, and every reason is given", (image, faults) => {
  expect(imageFaults(image)).toEqual(faults.map((fault) => expect.stringMatching(fault) as string));
});

test.each(["ami-0123abcd", "ami-0123456789abcdef0", "v1.2.3"])("%s names an image", (name) =>
  expect(() => requireImageName(name)).not.toThrow(),
);
test.each(["", "latest", "ami-xyz", "ami-0123abcde", "1.2", "resolve:ssm:/x", "v1.2.3 "])(
  "%j names no image",
  (name) => {
    const message = expect.stringMatching(
      /is no image. Allowed: an image id \(ami-...\), or a published version/,
    ) as string;
    expect(() => requireImageName(name)).toThrow(expect.objectContaining({ code: "usage", message }) as Error);
  },
);

/** A session of an account with these images and parameters. */
function account(images: string[], parameters: Record<string, string> = {}): Session {
  const ec2 = {
    send: ({ input }: { input: { Filters: { Name: string; Values: string[] }[] } }) => {
      expect(input.Filters[0].Name).toBe("image-id");
      const found = images.filter((id) => input.Filters[0].Values.includes(id));
      const Tags = Object.entries({ Version: "v2.0.0", SchemaMin: "1", SchemaMax: "3" }).map(([Key, Value]) => ({
        Key,
        Value,
      }));
      return Promise.resolve({ Images: found.map((ImageId) => ({ ImageId, Tags })) });
    },
  };
  const ssm = {
    send: ({ input: { Name } }: { input: { Name: string } }) =>
      Name in parameters
        ? Promise.resolve({ Parameter: { Value: parameters[Name] } })
        : Promise.reject(new ParameterNotFound({ message: Name, $metadata: {} })),
  };
  return { clients: { ec2, ssm } } as unknown as Session;
}

const facts = { version: "v2.0.0", schema: { min: 1, max: 3 } };
test("an id is looked up", async () =>
  expect(await resolveImage(account(["ami-0123abcd"]), "ami-0123abcd")).toMatchObject({
    imageId: "ami-0123abcd",
    ...facts,
  }));
test("a version is looked up by its parameter", async () => {
  const session = account(["ami-0123abcd"], { "/bluegreen/images/v2.0.0": "ami-0123abcd" });
  expect(await resolveImage(session, "v2.0.0")).toMatchObject({ imageId: "ami-0123abcd", ...facts });
});
test.each([
  ["ami-0123abcd", "refused", /ami-0123abcd can't be seen in this account and region/],
  [
    "v3.0.0",
    "refused",
    /No image of v3.0.0 is published: there is no parameter \/bluegreen\/images\/v3.0.0. Publish it/,
  ],
  ["nothing", "usage", /is no image/],
])("%s is refused where there is none", async (name, code, message) => {
  await expect(resolveImage(account([]), name)).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message) as string,
  });
});
