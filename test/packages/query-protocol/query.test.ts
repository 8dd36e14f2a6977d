import { actionOf, numberOf, parseQuery, structuresOf, textsOf } from "../../../packages/query-protocol/query.ts";

describe("parseQuery", () => {
  const cases: [string, string, unknown][] = [
    ["flat members", "Action=A&MinSize=0", { Action: "A", MinSize: "0" }],
    ["a list of texts", "Names.member.1=a&Names.member.2=b", { Names: ["a", "b"] }],
    ["members out of order, ten and more", "N.member.10=z&N.member.2=b&N.member.1=a", { N: ["a", "b", "z"] }],
    ["a list of structures", "Tags.member.1.Key=k&Tags.member.1.Value=v", { Tags: [{ Key: "k", Value: "v" }] }],
    [
      "lists inside of structures inside of lists",
      "A.member.1.F.T.member.1.W=0&A.member.1.F.T.member.2.W=9&A.member.1.Type=forward",
      { A: [{ Type: "forward", F: { T: [{ W: "0" }, { W: "9" }] } }] },
    ],
    ["EC2's flat lists", "InstanceId.1=i-1&InstanceId.2=i-2", { InstanceId: ["i-1", "i-2"] }],
    ["an empty list stays an empty text", "Tags=", { Tags: "" }],
    ["escapes", "Value=a%26b%3Dc+d", { Value: "a&b=c d" }],
    ["names of Object's own members", "constructor=x&toString.member.1=y", { constructor: "x", toString: ["y"] }],
  ];
  test.each(cases)("reads %s", (_name, body, expected) => {
    expect(parseQuery(body)).toEqual(expected);
  });

  test("an empty text is an empty list and no number", () => {
    const { Tags } = parseQuery("Tags=");
    expect([textsOf(Tags), structuresOf(Tags), numberOf(Tags)]).toEqual([[], [], undefined]);
  });
});

test.each([
  ["Action=RunInstances&Version=1", "RunInstances"],
  ["Version=1&Action=X", "X"],
  ["MyAction=no", ""],
])("actionOf(%s)", (body, expected) => {
  expect(actionOf(body)).toBe(expected);
});
