import {
  lineageOf,
  parseRevocation,
  revocationOf,
  revocationParameter,
  revocationText,
  revocationValue,
  type BuiltImage,
} from "../../deployment/revocation.ts";
import { parameterOf } from "../../images/build/manifest.ts";

const given = { reason: "CVE-1", by: "alice@desk", at: "2026-11-21T14:00:00.000Z", layer: "base" };

test("revocations stand beside the published images", () =>
  expect(revocationParameter("v1.2.3")).toBe(parameterOf({ layer: "app", version: "revoked/v1.2.3" })));

test("what is written is read again", () =>
  expect(parseRevocation(revocationParameter("ami-1"), revocationValue(given))).toEqual({ key: "ami-1", ...given }));

test("a reason of any length and any characters fits into a standard parameter: 4096 characters, and no {{", () => {
  const value = revocationValue({ ...given, reason: `{{${"ü\n".repeat(5000)}` });
  expect(value.length).toBeLessThan(4096);
  expect(value).not.toContain("{{");
});

test.each(["by hand", "[]", '{"reason":7}', ""])(
  "given a parameter that says %j, then it revokes all the same",
  (value) => {
    const revocation = parseRevocation(revocationParameter("v1.2.3"), value);
    expect(revocation).toEqual({ key: "v1.2.3", reason: value });
    expect(revocationOf([{ imageId: "ami-1", version: "v1.2.3" }], [revocation])).toBeDefined();
  },
);

const revoked = (key: string) =>
  parseRevocation(revocationParameter(key), revocationValue({ ...given, layer: undefined }));
const lineage = [{ imageId: "ami-3", version: "v1.2.3" }, { imageId: "ami-2" }, { imageId: "ami-1" }];

test.each<[string, string, string | undefined]>([
  ["its id", "ami-3", undefined],
  ["its version", "v1.2.3", undefined],
  ["what it was built on", "ami-2", "ami-2"],
  ["what that was built on", "ami-1", "ami-1"],
])("an image is revoked by %s", (_, key, below) =>
  expect(revocationOf(lineage, [revoked("ami-9"), revoked(key)])).toMatchObject({ revocation: { key }, below }),
);

test.each(["ami-4", "v1.2.4", "base"])("an image is not revoked by %s", (key) =>
  expect(revocationOf(lineage, [revoked(key)])).toBeUndefined(),
);

test("the words behind an image's name", () => {
  const found = (below?: string) => ({ revocation: { key: "ami-1", ...given }, below });
  expect(revocationText(found())).toBe("is revoked (CVE-1; alice@desk, 2026-11-21T14:00:00.000Z)");
  expect(revocationText(found("ami-1"))).toMatch(/^was built on the base image ami-1, which is revoked \(CVE-1; /);
  expect(revocationText({ revocation: { key: "v1", reason: "by hand" } })).toBe("is revoked (by hand)");
});

describe("what an image was built on", () => {
  const images: Record<string, BuiltImage> = {
    "ami-2": { imageId: "ami-2", sourceImageId: "ami-1" },
    "ami-1": { imageId: "ami-1", sourceImageId: "ami-amazon" },
    "ami-a": { imageId: "ami-a", sourceImageId: "ami-b" },
    "ami-b": { imageId: "ami-b", sourceImageId: "ami-a" },
  };
  const below = async (sourceImageId?: string) => {
    const line = await lineageOf({ imageId: "ami-3", sourceImageId }, (id) => Promise.resolve(images[id]));
    return line.map(({ imageId }) => imageId).join(" ");
  };
  test.each([
    [undefined, "ami-3"],
    ["ami-2", "ami-3 ami-2 ami-1 ami-amazon"],
    ["ami-gone", "ami-3 ami-gone"],
    ["ami-a", "ami-3 ami-a ami-b"],
    ["*", "ami-3"],
    ["ami-1\n::set-output", "ami-3"],
  ])("given the tag %s, then it is %s", async (source, line) => expect(await below(source)).toBe(line));
});
