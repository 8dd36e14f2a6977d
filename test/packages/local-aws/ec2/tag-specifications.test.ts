import { splitTags } from "../../../../packages/local-aws/ec2/tag-specifications.ts";

const tags = (index: number, type: string, tag: Record<string, string>): [string, string][] => [
  [`TagSpecification.${index}.ResourceType`, type],
  ...Object.entries(tag).flatMap(([key, value], at): [string, string][] => [
    [`TagSpecification.${index}.Tag.${at + 1}.Key`, key],
    [`TagSpecification.${index}.Tag.${at + 1}.Value`, value],
  ]),
];
const call: [string, string][] = [
  ["Action", "CreateImage"],
  ["InstanceId", "i-1"],
];
const image = tags(1, "image", { Name: "a & b", Version: "v1" });

test.each<[string, [string, string][], Record<string, string>, [string, string][]]>([
  ["no tags", [], {}, []],
  ["tags of the image alone", image, {}, image],
  ["tags of both", [...image, ...tags(2, "snapshot", { Name: "a=b", Empty: "" })], { Name: "a=b", Empty: "" }, image],
  [
    "a number that begins like the snapshot's",
    [...tags(1, "snapshot", { Of: "s" }), ...tags(10, "image", { Of: "i" })],
    { Of: "s" },
    tags(10, "image", { Of: "i" }),
  ],
  [
    "a tag that says snapshot",
    tags(1, "image", { ResourceType: "snapshot" }),
    {},
    tags(1, "image", { ResourceType: "snapshot" }),
  ],
])("of %s, takes the snapshot's and leaves the others as they came", (_, given, snapshot, others) => {
  const body = new URLSearchParams([...call, ...given]).toString();
  expect(splitTags(body)).toEqual({ snapshot, others: new URLSearchParams([...call, ...others]).toString() });
});
