import * as pulumi from "@pulumi/pulumi";
import type { Image } from "../../components/images.ts";
import { revocationPatience, revokedImages } from "../../components/revoked-images.ts";
import { byColor, type ByColor, type Capacity, type CurrentState, type Plan } from "../../deployment/model.ts";
import type { Revocation } from "../../deployment/revocation.ts";
import { revokedVariable } from "../../deployment/variables.ts";
import { answerCalls } from "./calls.ts";
import { machine, off, serving } from "./two-fleets.ts";

const on: Capacity = { minSize: 2, maxSize: 4 };
const plan = (change: Partial<Plan> = {}): Plan => ({
  weights: { blue: 100, green: 0 },
  capacity: { blue: on, green: on },
  machines: serving.machines,
  beforeListener: [],
  awaited: [],
  deferred: [],
  ungated: [],
  ...change,
});
/** Blue serves v1, green stands by with v2: as the tags say, 1.0.0 and 2.0.0. */
const images: ByColor<Image> = byColor((color) => ({
  rootDeviceName: "/dev/xvda",
  bootGate: true,
  version: color === "blue" ? "1.0.0" : "2.0.0",
  sourceImageId: undefined,
}));
const revocation = (key: string): Revocation => ({ key, reason: "CVE-1" });
const judge = (keys: string[], change: Partial<Plan>, deployed: CurrentState | undefined) =>
  revokedImages(Promise.resolve(keys.map(revocation)), plan(change), deployed, images);
const staged = { machines: { ...serving.machines, green: machine("v3") } };

let warn: jest.SpyInstance;
beforeEach(() => (warn = jest.spyOn(pulumi.log, "warn").mockResolvedValue()));
afterEach(() => {
  jest.restoreAllMocks();
  delete process.env[revokedVariable];
});

const nothing = byColor(() => undefined);

test("given a list that revokes neither colour's image, then nothing is refused", async () =>
  expect(await judge(["ami-other"], staged, serving)).toEqual({ refusals: [], revoked: nothing }));

describe("given an image that is revoked", () => {
  const away =
    'Set greenAmi to another image: bluegreen images lists them. For an emergency: BLUEGREEN_OVERRIDE="why".';
  const back = (variable = "BLUEGREEN_REVOKED") => `To go back to it all the same: ${variable}="why".`;

  test.each<[string, string, Partial<Plan>, CurrentState | undefined, string]>([
    [
      "an image that is new to a colour",
      "v3",
      staged,
      serving,
      `green would get instances, but its image 2.0.0, v3 is revoked (CVE-1). ${away}`,
    ],
    [
      "a standby that was off",
      "v2",
      {},
      { ...serving, capacity: { blue: on, green: off } },
      `green would get instances, but its image 2.0.0, v2 is revoked (CVE-1). ${away}`,
    ],
    [
      "the first fleet of a stack",
      "2.0.0",
      {},
      undefined,
      `green would get instances, but its image 2.0.0, v2 is revoked (CVE-1). ${away}`,
    ],
    [
      "more traffic",
      "v2",
      { weights: { blue: 90, green: 10 } },
      serving,
      `green would get more of the requests, but its image 2.0.0, v2 is revoked (CVE-1). ${back()}`,
    ],
  ])("fails for %s", async (_, key, change, deployed, refusal) => {
    const { refusals, revoked } = await judge([key], change, deployed);
    expect(refusals).toEqual([refusal]);
    expect(revoked).toEqual({ blue: undefined, green: "is revoked (CVE-1)" });
    expect(warn).not.toHaveBeenCalled();
  });

  test.each<[string, Partial<Plan>, CurrentState]>([
    ["it serves already", { weights: { blue: 0, green: 100 } }, { ...serving, weights: { blue: 0, green: 100 } }],
    ["its traffic goes down", { weights: { blue: 90, green: 10 } }, { ...serving, weights: { blue: 50, green: 50 } }],
    ["it takes back what it gave to a canary", { weights: { blue: 0, green: 100 }, abortTo: "green" }, serving],
    ["its fleet stays off, with another image", { ...staged, capacity: { blue: on, green: off } }, serving],
  ])("when %s, then nothing is refused, and that it is revoked is told", async (_, change, deployed) => {
    const { refusals, revoked } = await judge(["v2", "v3"], change, deployed);
    expect(refusals).toEqual([]);
    expect(revoked.green).toBe("is revoked (CVE-1)");
  });

  test("when a stack begins with its standby off, then that colour's image is nobody's yet", async () =>
    expect((await judge(["v2"], { capacity: { blue: on, green: off } }, undefined)).refusals).toEqual([]));

  test("given a rollback's reason, then it goes with a warning", async () => {
    process.env[revokedVariable] = "v3 loses orders";
    expect((await judge(["v2"], { weights: { blue: 0, green: 100 } }, serving)).refusals).toEqual([]);
    expect(warn.mock.calls).toEqual([
      [
        "green would get more of the requests, but its image 2.0.0, v2 is revoked (CVE-1). " +
          'It does so all the same: BLUEGREEN_REVOKED is "v3 loses orders"',
      ],
    ]);
  });

  test("given one below it is, then that counts, and is looked up", async () => {
    await answerCalls({ "aws:ec2/getAmi:getAmi": () => ({ state: "available", tags: { Version: "base-1" } }) });
    const built = { ...images, green: { ...images.green, sourceImageId: "ami-0" } };
    const reading = Promise.resolve([revocation("base-1")]);
    const { refusals } = await revokedImages(reading, plan(staged), serving, built);
    expect(refusals).toEqual([expect.stringContaining("v3 was built on ami-0, which is revoked (CVE-1)")]);
  });

  test("given an image without a version, then its id alone names it", async () => {
    const untagged = { ...images, green: { ...images.green, version: undefined } };
    const { refusals } = await revokedImages(Promise.resolve([revocation("v3")]), plan(staged), serving, untagged);
    expect(refusals[0]).toContain("its image v3 is revoked");
  });
});

test("given an empty list, then no image is looked up", async () => {
  await answerCalls({});
  const built = { ...images, green: { ...images.green, sourceImageId: "ami-0" } };
  expect(await revokedImages(Promise.resolve([]), plan(staged), serving, built)).toEqual({
    refusals: [],
    revoked: nothing,
  });
});

describe("given a list that can't be read", () => {
  const unread = (change: Partial<Plan>, deployed: CurrentState | undefined) =>
    revokedImages(Promise.reject(new Error("no route")), plan(change), deployed, images);

  test("fails for what would come into use, each image once, with the right that it takes", async () => {
    expect(await unread(staged, serving)).toEqual({
      refusals: [
        "v3 would come into use, and whether it is revoked can't be asked: no route. " +
          "Whoever updates needs ssm:GetParametersByPath on /bluegreen/images/revoked.",
      ],
      revoked: nothing,
    });
    const both = { machines: byColor(() => machine("v3")) };
    expect((await unread(both, serving)).refusals).toEqual([expect.stringMatching(/^v3 would come into use/)]);
    expect((await unread({}, undefined)).refusals).toEqual([expect.stringMatching(/^v1 and v2 would come into use/)]);
    expect(warn).not.toHaveBeenCalled();
  });

  test("when traffic moves between what is there, then it goes with a warning: a rollback must not hang on it", async () => {
    expect((await unread({ weights: { blue: 0, green: 100 } }, serving)).refusals).toEqual([]);
    expect(warn.mock.calls).toEqual([["Whether images are revoked can't be asked: no route"]]);
  });

  test("when nothing of both happens, then nobody is bothered", async () => {
    expect((await unread({}, serving)).refusals).toEqual([]);
    expect(warn).not.toHaveBeenCalled();
  });
});

test("a rollback hardly waits for the list", () => {
  expect(revocationPatience()).toBe(8_000);
  process.env[revokedVariable] = "v3 loses orders";
  expect(revocationPatience()).toBe(2_000);
});
