import { parse } from "yaml";
import { type ConfigOverrides, stackSettings } from "../../../rehearsal/engine/settings.ts";

describe("stackSettings", () => {
  const repository = "encryptionsalt: theirs\nconfig:\n  bluegreen:activeColor: blue\n  aws:region: eu-west-1\n";

  test.each<[string, ConfigOverrides, object]>([
    ["none", {}, { "bluegreen:activeColor": "blue", "aws:region": "eu-west-1" }],
    ["one of the project's", { activeColor: "green" }, { "bluegreen:activeColor": "green", "aws:region": "eu-west-1" }],
    [
      "one with its namespace",
      { "aws:region": "eu-north-1" },
      { "bluegreen:activeColor": "blue", "aws:region": "eu-north-1" },
    ],
    ["one that unsets", { activeColor: undefined }, { "aws:region": "eu-west-1" }],
    [
      "zero, false and structures",
      { w: 0, s: false, c: ["10.0.0.0/8"] },
      {
        "bluegreen:activeColor": "blue",
        "aws:region": "eu-west-1",
        "bluegreen:w": 0,
        "bluegreen:s": false,
        "bluegreen:c": ["10.0.0.0/8"],
      },
    ],
  ])("lays overrides over the repository's: %s", (_, overrides, config) =>
    expect(parse(stackSettings("bluegreen", repository, "", overrides))).toEqual({ config }),
  );

  it("keeps the salt of the rehearsal's own state", () => {
    const text = stackSettings("bluegreen", repository, "encryptionsalt: ours\nconfig:\n  bluegreen:old: 1\n", {});
    expect(parse(text)).toMatchObject({ encryptionsalt: "ours" });
    expect(text).not.toContain("old");
  });

  it("keeps the revision that the release commands wrote, unless it says another", () => {
    const current = "config:\n  bluegreen:releaseRevision: 4\n  bluegreen:activeColor: green\n";
    const of = (overrides: ConfigOverrides) =>
      (parse(stackSettings("bluegreen", repository, current, overrides)) as { config: object }).config;
    expect(of({})).toMatchObject({ "bluegreen:releaseRevision": 4, "bluegreen:activeColor": "blue" });
    expect(of({ releaseRevision: 3 })).toMatchObject({ "bluegreen:releaseRevision": 3 });
    expect(of({ releaseRevision: undefined })).toMatchObject({ "bluegreen:releaseRevision": 4 });
  });

  it("goes without a file of the repository", () =>
    expect(parse(stackSettings("p", "", "", { a: 1 }))).toEqual({ config: { "p:a": 1 } }));
});
