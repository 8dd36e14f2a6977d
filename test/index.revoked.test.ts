import { parseRevocation, revocationParameter, revocationValue } from "../deployment/revocation.ts";
import { revokedVariable } from "../deployment/variables.ts";
import { revoked, runProgram } from "./program.ts";
import { office, start, v1, v2, v3, warnings, type Setting } from "./whole-program.ts";

const revocation = (key: string) =>
  parseRevocation(revocationParameter(key), revocationValue({ reason: "CVE-1", by: "alice@desk" }));
/** What v3 was built on, and what that was. */
const [hardened, base] = ["ami-55555555", "ami-66666666"];

/** Updates a stack after these were revoked; undefined: the list can't be read by then. */
async function update(keys: string[] | undefined, from: Partial<Setting>, to: Partial<Setting>) {
  revoked.list = [];
  const before = await runProgram("dev", { ...office, ...start, ...from });
  revoked.list = keys?.map(revocation);
  return (await runProgram("dev", { ...office, ...start, ...to }, before.outputs)).outputs;
}

afterEach(() => {
  delete process.env[revokedVariable];
  delete process.env.BLUEGREEN_OVERRIDE;
});

describe("an update that gives a revoked image instances or traffic", () => {
  test.each<[string, string, Partial<Setting>, Partial<Setting>, RegExp]>([
    [
      "stages it",
      v3,
      {},
      { greenAmi: v3 },
      /green would get instances, but its image v3.0.0, ami-33333333 is revoked \(CVE-1; alice@desk\)/,
    ],
    ["stages its version", "v3.0.0", {}, { greenAmi: v3 }, /v3.0.0, ami-33333333 is revoked/],
    ["stages what was built on it", hardened, {}, { greenAmi: v3 }, /was built on ami-55555555, which is revoked/],
    ["stages what was built on what was built on it", base, {}, { greenAmi: v3 }, /was built on ami-66666666/],
    ["switches a standby on with it", v2, { standby: "off" }, {}, /green would get instances/],
    ["gives it a canary's share", v2, {}, { standbyWeight: 10 }, /green would get more of the requests/],
    [
      "gives it all requests",
      v2,
      {},
      { activeColor: "green" },
      /To go back to it all the same: BLUEGREEN_REVOKED="why"/,
    ],
  ])("fails when it %s", async (_, key, from, to, words) => {
    await expect(update([key], from, to)).rejects.toThrow(words);
  });

  test("fails on a stack's first update, too", async () => {
    revoked.list = [revocation(v1)];
    await expect(runProgram("dev", { ...office, ...start })).rejects.toThrow(/blue would get instances/);
  });

  test("given a rollback's reason, then it goes with a warning", async () => {
    process.env[revokedVariable] = "v3 loses orders";
    await update([v2], {}, { activeColor: "green" });
    expect(warnings).toEqual([
      expect.stringMatching(
        /^green would get more of the requests, .* is revoked .*: BLUEGREEN_REVOKED is "v3 loses orders"$/,
      ),
    ]);
  });

  test("given the override, then it goes with a warning", async () => {
    process.env.BLUEGREEN_OVERRIDE = "a test";
    await update([v3], {}, { greenAmi: v3 });
    expect(warnings.join()).toMatch(/overrides this[\s\S]*is revoked/);
  });
});

describe("an update that leaves revoked images what they have", () => {
  test.each<[string, Partial<Setting>, Partial<Setting>]>([
    ["changes something else", {}, { instanceType: "t3.small" }],
    ["takes a canary's traffic back to it", { standbyWeight: 10 }, {}],
    ["takes traffic away from it", { activeColor: "green" }, { activeColor: "green", standbyWeight: 0 }],
    ["switches it off", {}, { standby: "off" }],
  ])("goes on when it %s", async (_, from, to) => {
    await expect(update([v1], from, to)).resolves.toBeDefined();
  });

  test("rollbackReady warns of both colours that run one, and of none that is off", async () => {
    const both = (await update([v1, v2], {}, {})).rollbackReady;
    expect(both).toMatchObject({
      ready: true,
      warning: expect.stringMatching(
        /^blue's image ami-11111111 is revoked .*; green's image ami-22222222 is revoked/,
      ) as string,
    });
    expect((await update([v2], { standby: "off" }, { standby: "off" })).rollbackReady).not.toHaveProperty("warning");
  });
});

describe("given a list of revocations that can't be read", () => {
  test("fails when an image would come into use, and names the right", async () => {
    await expect(update(undefined, {}, { greenAmi: v3 })).rejects.toThrow(
      /ami-33333333 would come into use, and whether it is revoked can't be asked: AccessDeniedException: not you. Whoever updates needs ssm:GetParametersByPath on \/bluegreen\/images\/revoked/,
    );
  });

  test("traffic moves between images that are there, with a warning", async () => {
    await update(undefined, {}, { activeColor: "green" });
    expect(warnings).toEqual(["Whether images are revoked can't be asked: AccessDeniedException: not you"]);
  });

  test("an update that moves nothing says nothing of it", async () => {
    await update(undefined, {}, { instanceType: "t3.small" });
    expect(warnings.filter((line) => line.includes("revoked"))).toEqual([]);
  });
});
