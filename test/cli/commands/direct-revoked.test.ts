import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { EC2Client } from "@aws-sdk/client-ec2";
import { requireReasonDirect } from "../../../cli/commands/direct-revoked.ts";
import { CliError } from "../../../cli/error.ts";
import { requireReason } from "../../../cli/rollout/revoked.ts";
import type { Session } from "../../../cli/session.ts";

jest.mock("../../../cli/rollout/revoked.ts", () => ({ requireReason: jest.fn(() => Promise.resolve()) }));
const asked = jest.mocked(requireReason);
beforeEach(() => asked.mockReset().mockResolvedValue());

/** An account whose blue group runs one instance; undefined: EC2 does not answer. */
function account(imageId: string | undefined) {
  const said: string[] = [];
  const autoScaling = new AutoScalingClient({ region: "eu-central-1" });
  const group = (color: string, InstanceId: string) => ({
    Tags: [{ Key: "Color", Value: color }],
    Instances: [{ InstanceId }],
  });
  autoScaling.send = () => Promise.resolve({ AutoScalingGroups: [group("blue", "i-b"), group("green", "i-g")] });
  const ec2 = new EC2Client({ region: "eu-central-1" });
  ec2.send = (command: { input: { InstanceIds: string[] } }) => {
    expect(command.input.InstanceIds).toEqual(["i-b"]);
    if (imageId === undefined) return Promise.reject(new Error("no answer"));
    return Promise.resolve({ Reservations: [{ Instances: [{ ImageId: imageId }] }] });
  };
  const session = {
    clients: { autoScaling, ec2 },
    project: "bluegreen",
    environment: "dev",
    ui: { say: (line: string) => said.push(line) },
  } as unknown as Session;
  return { session, said };
}

test("given no reason, then the images that the colour runs are asked about", async () => {
  const { session } = account("ami-1");
  await requireReasonDirect(session, "blue", undefined);
  expect(asked.mock.calls.map(([, fleet]) => fleet)).toEqual([{ color: "blue", image: { imageId: "ami-1" } }]);
});

test("fails when an image is revoked", async () => {
  asked.mockRejectedValue(new CliError("refused", "it is revoked"));
  await expect(requireReasonDirect(account("ami-1").session, "blue", undefined)).rejects.toThrow("it is revoked");
});

test("given a reason, then nothing is asked", async () => {
  await requireReasonDirect(account("ami-1").session, "blue", "orders get lost");
  expect(asked).not.toHaveBeenCalled();
});

test("given an AWS that does not answer, then that is said, and it goes on", async () => {
  const { session, said } = account(undefined);
  await requireReasonDirect(session, "blue", undefined);
  expect(said).toEqual(["Whether blue's image is revoked can't be told: no answer"]);
});
