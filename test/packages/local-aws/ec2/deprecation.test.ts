import { answerDeprecation } from "../../../../packages/local-aws/ec2/deprecation.ts";
import { parseQuery } from "../../../../packages/query-protocol/query.ts";

const ec2 = { image: (id: string) => Promise.resolve(id === "ami-1" ? { ImageId: id } : undefined) };
const ask = async (action: string, body: string) =>
  (await answerDeprecation({ service: "ec2", action, params: parseQuery(body), headers: {}, body }, ec2)).body;

it("takes a time to come, and none", async () => {
  expect(await ask("EnableImageDeprecation", "ImageId=ami-1&DeprecateAt=2999-01-01T00%3A00%3A00Z")).toContain(
    "<return>true</return></EnableImageDeprecationResponse>",
  );
  expect(await ask("DisableImageDeprecation", "ImageId=ami-1")).toContain("<return>true</return>");
});

test.each([
  ["an unknown image", "ImageId=ami-2&DeprecateAt=2999-01-01T00%3A00%3A00Z", "InvalidAMIID.NotFound"],
  ["no image", "DeprecateAt=2999-01-01T00%3A00%3A00Z", "MissingParameter"],
  ["no time", "ImageId=ami-1", "MissingParameter"],
  ["a time that is over", "ImageId=ami-1&DeprecateAt=2020-01-01T00%3A00%3A00Z", "InvalidParameterValue"],
])("refuses %s", async (_, body, code) => {
  await expect(ask("EnableImageDeprecation", body)).rejects.toMatchObject({ code });
});
