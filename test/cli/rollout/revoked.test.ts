import { EC2Client } from "@aws-sdk/client-ec2";
import { SSMClient } from "@aws-sdk/client-ssm";
import type { RolloutContext } from "../../../cli/rollout/context.ts";
import { requireFit } from "../../../cli/rollout/stage.ts";
import { requireNotRevoked, requireReason, revokedNow } from "../../../cli/rollout/revoked.ts";
import type { Session } from "../../../cli/session.ts";
import { revocationParameter, revocationValue } from "../../../deployment/revocation.ts";
import { fleet, v1, v2, world } from "../worlds.ts";

const base = "ami-0000000000000000b";

/**
 * An account in which v2 is built on a base; what was revoked there, or why that can't be read.
 * @param noted what EC2 itself says v2 was made from; default: nothing
 */
function account(revoked: readonly string[] | Error, noted?: string) {
  const said: string[] = [];
  const asked: string[] = [];
  const ssm = new SSMClient({ region: "eu-central-1" });
  ssm.send = (command: { input: { Path: string }; constructor: { name: string } }) => {
    asked.push(command.constructor.name);
    expect(command.input.Path).toBe("/bluegreen/images/revoked");
    if (revoked instanceof Error) return Promise.reject(revoked);
    const Value = revocationValue({ reason: "CVE-1", by: "alice@desk" });
    return Promise.resolve({ Parameters: revoked.map((key) => ({ Name: revocationParameter(key), Value })) });
  };
  const ec2 = new EC2Client({ region: "eu-central-1" });
  ec2.send = (command: { input: { Filters: { Values: string[] }[] }; constructor: { name: string } }) => {
    asked.push(command.constructor.name);
    const [id] = command.input.Filters[0].Values;
    const Tags = {
      [v1.imageId]: [{ Key: "Version", Value: "v1.0.0" }],
      [v2.imageId]: [
        { Key: "Version", Value: "v2.0.0" },
        { Key: "SourceAMI", Value: base },
      ],
    }[id];
    const SourceImageId = id === v2.imageId ? noted : undefined;
    return Promise.resolve({ Images: Tags === undefined ? [] : [{ ImageId: id, SourceImageId, Tags }] });
  };
  const session = { clients: { ssm, ec2 }, ui: { say: (line: string) => said.push(line) } } as unknown as Session;
  return { session, said, asked };
}

const denied = Object.assign(new Error("not you"), { name: "AccessDeniedException" });

describe("a release", () => {
  test.each([
    ["its id", v2.imageId, /^v2.0.0 is revoked \(CVE-1; alice@desk\)\. Release another one/],
    ["its version", "v2.0.0", /^v2.0.0 is revoked/],
    ["its base", base, /^v2.0.0 was built on ami-0000000000000000b, which is revoked/],
  ])("fails when the image is revoked by %s", async (_, key, words) => {
    await expect(requireNotRevoked(account([key]).session, v2)).rejects.toMatchObject({
      code: "refused",
      message: expect.stringMatching(words) as string,
    });
  });

  test("attack: given a tag SourceAMI that was written anew, then what EC2 itself notes of the source counts", async () => {
    const revoked = "ami-0000000000000000f";
    await expect(requireNotRevoked(account([revoked], revoked).session, v2)).rejects.toThrow(
      `v2.0.0 was built on ${revoked}, which is revoked`,
    );
  });

  test("fails before anything else is asked of a stack", async () => {
    const { session } = account(["v2.0.0"]);
    const rollout = { session } as unknown as RolloutContext;
    await expect(requireFit(rollout, { ...v2, gossReport: "sha256:1" })).rejects.toThrow(/^v2.0.0 is revoked/);
  });

  test("given nothing revoked, then no image is looked up", async () => {
    const { session, asked } = account([]);
    await requireNotRevoked(session, v2);
    expect(asked).toEqual(["GetParametersByPathCommand"]);
  });

  test("given another image revoked, then it goes on", async () => {
    await expect(requireNotRevoked(account(["v9.9.9"]).session, v2)).resolves.toBeUndefined();
  });

  test("fails when the list can't be read, and names the right", async () => {
    await expect(requireNotRevoked(account(denied).session, v2)).rejects.toMatchObject({
      code: "refused",
      message: expect.stringMatching(
        /can't be asked \(AccessDeniedException: not you\)\. Whoever releases needs ssm:GetParametersByPath/,
      ) as string,
    });
  });
});

describe("a rollback", () => {
  const to = fleet("blue");
  test("given no reason, when its image is revoked, then it asks for one", async () => {
    await expect(requireReason(account([v1.imageId]).session, to, undefined)).rejects.toMatchObject({
      code: "refused",
      message: expect.stringMatching(/^blue's image v1.0.0 is revoked .* all the same: --reason "why"\.$/) as string,
    });
  });

  test("given a reason, then nothing is asked", async () => {
    const { session, asked } = account([v1.imageId]);
    await requireReason(session, to, "v2 loses orders");
    expect(asked).toEqual([]);
  });

  test("given a list that can't be read, then that is said, and it goes on", async () => {
    const { session, said } = account(denied);
    await requireReason(session, to, undefined);
    expect(said).toEqual(["Whether v1.0.0 is revoked can't be asked: not you"]);
  });
});

describe("who looks", () => {
  test("is told of each colour", async () => {
    expect(await revokedNow(account(["v1.0.0", base]).session, world())).toEqual({
      blue: "is revoked (CVE-1; alice@desk)",
      green: expect.stringMatching(/^was built on/) as string,
    });
  });

  test("given a list that can't be read, then that is said once", async () => {
    const { session, said } = account(denied);
    expect(await revokedNow(session, world())).toBeUndefined();
    expect(said).toHaveLength(1);
  });
});
