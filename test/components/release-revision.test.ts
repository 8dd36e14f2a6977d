import {
  concernsRelease,
  olderSettingsFault,
  revisionIn,
  revisionItem,
  type Effect,
} from "../../components/release-revision.ts";
import { lastRevision, machine } from "./two-fleets.ts";

const effect = (blue: number, images: [string, string] = ["v1", "v2"]): Effect => ({
  weights: { blue, green: 100 - blue },
  machines: { blue: machine(images[0]), green: machine(images[1]) },
});
const fault = (plan: Effect, deployed: Effect, { revision = 4, written = lastRevision } = {}) =>
  olderSettingsFault("dev", revision, plan, deployed, written);

describe("given a rollback to blue that wrote revision 5", () => {
  test("fails when an older checkout would flip back to green, with who, what and what to do", () =>
    expect(fault(effect(0), effect(100))).toBe(
      "these settings are older than the last command's: releaseRevision is 4, and alice@desk wrote 5 at " +
        "2026-11-27T12:00:00Z (blue 100 %, green 0 %, blue v1, green v2). They would move traffic to blue 0 %, green 100 % " +
        "(now blue 100 %, green 0 %). Take the Pulumi.dev.yaml that the command wrote (commit it there, pull it here), or " +
        "set what it says: pulumi config set activeColor blue && pulumi config set blueAmi v1 && " +
        "pulumi config set greenAmi v2 && pulumi config set standby warm && pulumi config set standbyWeight 0 && " +
        "pulumi config set capacityFloor 0 && pulumi config set previewSize 0 && pulumi config set releaseRevision 5. " +
        'For an emergency: BLUEGREEN_OVERRIDE="why".',
    ));

  test.each<[string, Effect, RegExp]>([
    ["begin a canary", effect(90), /move traffic to blue 90 %, green 10 %/],
    ["change an image", effect(100, ["v1", "v0"]), /They would give green v0 \(now v2\)\./],
    ["do both", effect(0, ["v0", "v2"]), /They would move traffic to .* and give blue v0 \(now v1\)\./],
  ])("fails when an older checkout would %s", (_, plan, message) => expect(fault(plan, effect(100))).toMatch(message));

  test.each<[string, Effect, Effect, object]>([
    ["nothing moves", effect(100), effect(100), {}],
    ["an older checkout leads where the command did", effect(100), effect(0), {}],
    ["an older checkout has the image that the command wrote", effect(100), effect(100, ["v1", "v0"]), {}],
    ["the checkout is as new: a flip by hand", effect(0), effect(100), { revision: 5 }],
    ["the checkout is newer", effect(0), effect(100), { revision: 6 }],
  ])("when %s, then it may", (_, plan, deployed, more) => expect(fault(plan, deployed, more)).toBeUndefined());

  test("when no command has ever written, then anything may", () =>
    expect(olderSettingsFault("dev", 0, effect(0), effect(100), undefined)).toBeUndefined());

  test("when it wrote one image for both colours, then that is each one's", () => {
    const written = { ...lastRevision, settings: { ...lastRevision.settings, greenAmi: undefined } };
    expect(fault(effect(100, ["v1", "v1"]), effect(100), { written })).toBeUndefined();
  });
});

test.each<[string, Effect, boolean]>([
  ["a flip", effect(0), true],
  ["another image", effect(100, ["v1", "v3"]), true],
  ["nothing of both", effect(100), false],
])("whether a release is concerned: %s", (_, plan, concerned) =>
  expect(concernsRelease(plan, effect(100))).toBe(concerned),
);

describe("the table's item", () => {
  test("is read as it was written", () => expect(revisionIn(revisionItem(lastRevision))).toEqual(lastRevision));
  test("may have what a release with one image and no standby wrote", () => {
    const settings = { ...lastRevision.settings, activeColor: "green", standby: "off", greenAmi: undefined } as const;
    const one = { ...lastRevision, settings };
    expect(revisionIn(revisionItem(one))).toEqual(one);
  });
  test("may be missing", () => expect(revisionIn(undefined)).toBeUndefined());
  test("fails when it is none of ours", () =>
    expect(() => revisionIn({ revision: { N: "x" } })).toThrow("Unexpected end of JSON input"));
  test("fails when it lacks something, and names all of that", () => {
    const said = (item: Parameters<typeof revisionIn>[0]): string => {
      try {
        revisionIn(item);
      } catch (error) {
        return (error as Error).message;
      }
      return "";
    };
    const bare = said({ settings: { S: '{"activeColor":"red","standby":"hot"}' } });
    for (const key of [
      "revision",
      "by",
      "at",
      "activeColor",
      "standby",
      "standbyWeight",
      "capacityFloor",
      "previewSize",
    ])
      expect(bare).toContain(`"${key}"`);
    expect(said({ ...revisionItem(lastRevision), revision: { N: "0" } })).toContain('"revision"');
  });
});
