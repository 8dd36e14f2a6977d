import { gated, told, transition, v1, v2, v3, warnings, type Setting } from "./whole-program.ts";

describe("transitions: what may change", () => {
  const groups = ["app-blue-group", "app-green-group"];
  test.each<[string, Partial<Setting>, Partial<Setting>, string[]]>([
    ["nothing", {}, {}, []],
    ["a flip, both warm", {}, { activeColor: "green" }, ["app-listener"]],
    ["the roll-back", { activeColor: "green" }, { activeColor: "blue" }, ["app-listener"]],
    ["a canary", {}, { standbyWeight: 10 }, ["app-listener"]],
    ["a canary taken back", { standbyWeight: 10 }, {}, ["app-listener"]],
    ["a canary that becomes all", { standbyWeight: 10 }, { activeColor: "green" }, ["app-listener"]],
    ["a new image for the standby", {}, { greenAmi: v3 }, ["app-green-template"]],
    [
      "a new image with a boot gate for the standby",
      {},
      { greenAmi: gated },
      ["app-green-group", "app-green-template"],
    ],
    [
      "a flip to an image with a boot gate",
      { greenAmi: gated },
      { activeColor: "green", greenAmi: gated },
      ["app-listener"],
    ],
    ["a standby comes up", { standby: "off" }, {}, ["app-green-group"]],
    [
      "a standby comes up with a new image",
      { standby: "off" },
      { greenAmi: v3 },
      ["app-green-group", "app-green-template"],
    ],
    ["the old colour is retired", {}, { standby: "off" }, ["app-green-group"]],
    ["a standby comes up to be tried", { standby: "off" }, { previewSize: 2 }, ["app-green-group"]],
    ["a standby that was tried grows", { previewSize: 2 }, {}, ["app-green-group"]],
    ["a canary of a standby on trial", { previewSize: 2 }, { previewSize: 2, standbyWeight: 10 }, ["app-listener"]],
    ["a floor for both fleets", {}, { capacityFloor: 2 }, groups],
    [
      "a flip that first brings the other fleet up",
      { standby: "off" },
      { activeColor: "green" },
      ["app-green-group", "app-listener"],
    ],
    ["another health path, without another image", {}, { healthCheckPath: "/up", versionPath: "/about" }, []],
    [
      "another health path with its image",
      {},
      { greenAmi: v3, healthCheckPath: "/up" },
      ["app-green-template", "bluegreen-dev-green"],
    ],
    ["another instance type", {}, { instanceType: "t3.small" }, ["app-green-template"]],
    ["a flip beside another instance type", {}, { activeColor: "green", instanceType: "t3.small" }, ["app-listener"]],
  ])("%s", async (_, from, to, expected) => {
    expect((await transition(from, to)).changes).toEqual(expected);
  });

  test("a machine setting that waits for its fleet is told", async () => {
    await transition({}, { instanceType: "t3.small" });
    expect(warnings).toEqual([
      "blue has traffic and keeps instanceType t3.micro; t3.small reaches it once it has none",
    ]);
  });

  test("an image without a boot gate is told of, once", async () => {
    await transition({}, { greenAmi: gated });
    // The one that runs already was told of when it came.
    expect(told).toEqual([v1, v2].map((image) => expect.stringContaining(`${image} has no tag BootGate`) as string));
  });

  test("an update waits for every fleet with instances, but not for the one that loses its traffic", async () => {
    expect((await transition({}, {})).waitedFor).toEqual(["blue", "green"]);
    expect((await transition({}, { activeColor: "green" })).waitedFor).toEqual(["green"]);
    expect((await transition({}, { standby: "off" })).waitedFor).toEqual(["blue"]);
  });
});
