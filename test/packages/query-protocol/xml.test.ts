import { XMLParser } from "fast-xml-parser";
import { AwsError } from "../../../packages/query-protocol/aws-error.ts";
import { answerXml, errorXml } from "../../../packages/query-protocol/xml.ts";

const parser = new XMLParser({ ignoreAttributes: false, parseTagValue: false });

function resultOf(answer: Parameters<typeof answerXml>[2]): unknown {
  const parsed = parser.parse(answerXml("autoscaling", "Do", answer)) as Record<string, Record<string, unknown>>;
  return parsed.DoResponse?.DoResult;
}

describe("answerXml", () => {
  test("writes lists as members, dates in ISO, and leaves undefined out", () => {
    const answer = { A: [{ N: 1, T: true }, { N: 0 }], D: new Date(0), U: undefined, E: [], S: "a<b&c" };
    expect(resultOf(answer)).toEqual({
      A: { member: [{ N: "1", T: "true" }, { N: "0" }] },
      D: "1970-01-01T00:00:00.000Z",
      E: "",
      S: "a<b&c",
    });
  });

  test("names the service's namespace", () => {
    expect(answerXml("elasticloadbalancing", "Do", {})).toContain(
      '<DoResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/">',
    );
  });
});

test.each([
  ["autoscaling", ["ErrorResponse", "Error"]],
  ["ec2", ["Response", "Errors", "Error"]],
])("errorXml has the shape of %s", (service, path) => {
  let place: unknown = parser.parse(errorXml(service, new AwsError("ValidationError", "no < 1")));
  for (const part of path) {
    place = (place as Record<string, unknown>)[part];
  }
  expect(place).toMatchObject({ Code: "ValidationError", Message: "no < 1" });
});
