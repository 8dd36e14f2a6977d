import { imageFacts } from "../../../cli/state/describe.ts";

test("given tags that steer a terminal or have no end, then an image's facts are short readable lines", () => {
  const Tags = [
    { Key: "Version", Value: "v1.0.0\u001b]0;owned\u0007" },
    { Key: "Commit", Value: "c".repeat(256) },
    { Key: "GossReport", Value: "sha256:1\nNext: bluegreen retire" },
  ];
  expect(imageFacts({ ImageId: "ami-1", Tags })).toMatchObject({
    version: "v1.0.0?]0;owned?",
    commit: `${"c".repeat(99)}…`,
    gossReport: "sha256:1 Next: bluegreen retire",
  });
});
