import { DescribeInstancesCommand } from "@aws-sdk/client-ec2";
import type { Color } from "../../deployment/model.ts";
import { CliError } from "../error.ts";
import { requireReason } from "../rollout/revoked.ts";
import type { Session } from "../session.ts";
import { groupsOf } from "../state/describe.ts";

/** Milliseconds for the question: a rollback does not wait. */
const patience = 3_000;

/**
 * Asks for a reason before traffic goes to instances of a revoked image, without the state: Auto Scaling and EC2 tell what a
 * colour runs. Where they don't, that is said, and it goes on.
 * @throws CliError when an image is revoked and no reason was given
 */
export async function requireReasonDirect(session: Session, color: Color, reason: string | undefined): Promise<void> {
  if (reason !== undefined) return;
  try {
    for (const imageId of await imagesOf(session, color))
      await requireReason(session, { color, image: { imageId } }, reason);
  } catch (error) {
    if (error instanceof CliError) throw error;
    session.ui.say(`Whether ${color}'s image is revoked can't be told: ${(error as Error).message}`);
  }
}

/** Ids of the images that a colour's instances run. */
async function imagesOf({ clients, environment, project }: Session, color: Color): Promise<string[]> {
  const groups = (await groupsOf(clients, environment, project)).filter(({ Tags = [] }) =>
    Tags.some(({ Key, Value }) => Key === "Color" && Value === color),
  );
  const InstanceIds = groups.flatMap(({ Instances = [] }) => Instances.map(({ InstanceId = "" }) => InstanceId));
  if (InstanceIds.length === 0) return [];
  const asked = new DescribeInstancesCommand({ InstanceIds });
  const { Reservations = [] } = await clients.ec2.send(asked, { abortSignal: AbortSignal.timeout(patience) });
  const ids = Reservations.flatMap(({ Instances = [] }) => Instances.map(({ ImageId = "" }) => ImageId));
  return [...new Set(ids)];
}
