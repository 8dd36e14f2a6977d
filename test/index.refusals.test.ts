import { lockVariable } from "../deployment/variables.ts";
import { revisionItem } from "../components/release-revision.ts";
import { table } from "./program.ts";
import { start, transition, v3, warnings, type Setting } from "./whole-program.ts";

describe("transitions: what is refused", () => {
  test.each<[string, Partial<Setting>, Partial<Setting>, string]>([
    [
      "the serving image in place",
      {},
      { blueAmi: v3 },
      "blue serves 100 % of the requests; its image may not change in place",
    ],
    [
      "the canary's image in place",
      { standbyWeight: 10 },
      { standbyWeight: 10, greenAmi: v3 },
      "green serves 10 % of the requests",
    ],
    ["a new image that serves at once", {}, { activeColor: "green", greenAmi: v3 }, "start to serve in one update"],
    ["a new image as canary at once", {}, { standbyWeight: 10, greenAmi: v3 }, "start to serve in one update"],
    [
      "a flip that empties the rollback target",
      {},
      { activeColor: "green", standby: "off" },
      "would empty blue, the rollback target",
    ],
    ["a canary taken back with its fleet", { standbyWeight: 10 }, { standby: "off" }, "may not shrink a fleet: green"],
    [
      "a flip that shrinks",
      { capacityFloor: 2 },
      { activeColor: "green" },
      "may not shrink a fleet: blue would go from 2-2 to 1-2",
    ],
    [
      "a flip that leaves the old colour as small as a trial",
      { minSize: 2 },
      { minSize: 2, previewSize: 1, activeColor: "green" },
      "blue would go from 2-2 to 1-2 instances. Set previewSize: 0, or move traffic first",
    ],
    ["another port", {}, { appPort: 3001 }, "appPort can't change in a running stack (3000 to 3001)"],
    ["another VPC range", {}, { vpcCidr: "10.1.0.0/16" }, "vpcCidr can't change in a running stack"],
  ])("%s", async (_, from, to, message) => {
    await expect(transition(from, to)).rejects.toThrow(message);
  });

  test("the override turns a refusal into a warning", async () => {
    process.env.BLUEGREEN_OVERRIDE = "a test";
    try {
      expect((await transition({}, { blueAmi: v3 })).changes).toEqual(["app-blue-template"]);
      expect(warnings.join()).toMatch(/BLUEGREEN_OVERRIDE \("a test"\) overrides this[\s\S]*may not change in place/);
    } finally {
      delete process.env.BLUEGREEN_OVERRIDE;
    }
  });
});

describe("given a rollback to blue by a command, and a checkout that is older", () => {
  const flip = { activeColor: "green" as const };
  const older = "these settings are older than the last command's: releaseRevision is 0, and alice@desk wrote 3";
  beforeEach(() => {
    const settings = { ...start, standby: "warm" as const, capacityFloor: 0, previewSize: 0 };
    const written = { revision: 3, settings, by: "alice@desk", at: "2026-11-27T12:00:00Z" };
    table.items = { settings: revisionItem(written) };
  });
  afterEach(() => delete process.env[lockVariable]);

  test.each<[string, Partial<Setting>]>([
    ["it would flip back", flip],
    ["it would change an image", { greenAmi: v3 }],
  ])("fails when %s, and nothing is registered", async (_, to) => {
    await expect(transition({}, to)).rejects.toThrow(older);
  });

  test.each<[string, Partial<Setting>]>([
    ["nothing moves", { instanceType: "t3.small" }],
    ["the checkout is as new", { ...flip, releaseRevision: 3 }],
  ])("when %s, then the update goes on", async (_, to) => {
    await expect(transition({}, to)).resolves.toBeDefined();
  });

  test("the override turns it into a warning", async () => {
    process.env.BLUEGREEN_OVERRIDE = "a test";
    try {
      expect((await transition({}, flip)).changes).toEqual(["app-listener"]);
      expect(warnings.join()).toContain(older);
    } finally {
      delete process.env.BLUEGREEN_OVERRIDE;
    }
  });

  test("a command's own update is judged by its lock, at the gate", async () => {
    process.env[lockVariable] = "mine";
    expect((await transition({}, flip)).changes).toEqual(["app-listener"]);
  });

  test("given a table that can't be asked, then an update by hand goes on with a warning", async () => {
    table.items = undefined;
    expect((await transition({}, flip)).changes).toEqual(["app-listener"]);
    expect(warnings).toEqual([expect.stringMatching(/newer settings can't be asked: the table is down/)]);
  });
});
