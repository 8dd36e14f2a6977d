import { transition, v3, warnings, type Setting } from "./whole-program.ts";

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
      "a flip that empties the way back",
      {},
      { activeColor: "green", standby: "off" },
      "would empty blue, the way back",
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
