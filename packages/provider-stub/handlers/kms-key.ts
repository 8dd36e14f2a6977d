import * as kms from "@aws-sdk/client-kms";
import { codeOf, ifThere, messageOf } from "../errors.ts";
import { covers } from "../diff.ts";
import type { Cloud, Row, Tagging } from "../row.ts";
import { fromAws, type Props, shape, text, toAws } from "../shape.ts";
import { retrying, until } from "../wait.ts";
import { between, characters, faultsOf, JSON_OBJECT } from "./rules.ts";

const args = shape("description policy enableKeyRotation:own deletionWindowInDays:own tags:own");

const RULES = { description: characters(0, 8192), deletionWindowInDays: between(7, 30), policy: JSON_OBJECT };

/** How long the official provider gives KMS to see what it was told, in minutes. */
const MINUTES = { policy: 10, rotation: 10, description: 10, deletion: 20 };

function keyTags(tags: unknown): kms.Tag[] {
  return Object.entries((tags ?? {}) as Props).map(([TagKey, value]) => ({ TagKey, TagValue: String(value) }));
}

const keyTagging: Tagging = {
  tag: (KeyId, tags, cloud) => cloud.kms.send(new kms.TagResourceCommand({ KeyId, Tags: keyTags(tags) })),
  untag: (KeyId, TagKeys, cloud) => cloud.kms.send(new kms.UntagResourceCommand({ KeyId, TagKeys })),
};

/** A key that is pending deletion counts as gone. */
async function keyOf(KeyId: string, cloud: Cloud): Promise<kms.KeyMetadata | undefined> {
  const found = (await ifThere(cloud.kms.send(new kms.DescribeKeyCommand({ KeyId }))))?.KeyMetadata;
  return found?.KeyState === "PendingDeletion" ? undefined : found;
}

async function policyOf(KeyId: string, cloud: Cloud): Promise<string | undefined> {
  return (await ifThere(cloud.kms.send(new kms.GetKeyPolicyCommand({ KeyId, PolicyName: "default" }))))?.Policy;
}

async function rotates(KeyId: string, cloud: Cloud): Promise<boolean> {
  const status = await cloud.kms.send(new kms.GetKeyRotationStatusCommand({ KeyId }));
  return status.KeyRotationEnabled === true;
}

async function seen(what: string, minutes: number, cloud: Cloud, look: () => Promise<boolean>): Promise<void> {
  await until(`${what} to be seen`, minutes, cloud, async () =>
    (await look()) ? { done: true } : { missing: "KMS still answers what was before" },
  );
}

async function policySeen(id: string, policy: unknown, cloud: Cloud): Promise<void> {
  const look = async () => covers(policy, await policyOf(id, cloud));
  await seen(`the policy of key ${id}`, MINUTES.policy, cloud, look);
}

async function setRotation(KeyId: string, enabled: boolean, cloud: Cloud): Promise<void> {
  const Command = enabled ? kms.EnableKeyRotationCommand : kms.DisableKeyRotationCommand;
  await retrying(/^(NotFound|Disabled)/, MINUTES.rotation, cloud, () => cloud.kms.send(new Command({ KeyId })));
  const look = async () => (await rotates(KeyId, cloud)) === enabled;
  await seen(`the rotation of key ${KeyId}`, MINUTES.rotation, cloud, look);
}

/** Customer keys. */
export const kmsKey: Row = {
  type: "aws:kms/key:Key",
  args,
  tagging: keyTagging,
  defaults: (inputs) => ({ enableKeyRotation: false, ...inputs }),
  check: (inputs) => faultsOf(RULES, inputs),
  async create(inputs, cloud) {
    const request = { ...toAws<kms.CreateKeyCommandInput>(args, inputs), Tags: keyTags(inputs.tags) };
    // A principal of the policy that was made a moment ago may not be seen yet.
    const made = await retrying(/^MalformedPolicyDocument/, 2, cloud, () =>
      cloud.kms.send(new kms.CreateKeyCommand(request)),
    );
    return made.KeyMetadata?.KeyId ?? "";
  },
  async settle(id, inputs, cloud) {
    if (inputs.enableKeyRotation === true) await setRotation(id, true, cloud);
    if (inputs.policy) await policySeen(id, inputs.policy, cloud);
  },
  async read(id, cloud) {
    const found = await keyOf(id, cloud);
    if (!found) return undefined;
    const { Tags } = await cloud.kms.send(new kms.ListResourceTagsCommand({ KeyId: id }));
    return {
      ...fromAws(args, found),
      policy: await policyOf(id, cloud),
      enableKeyRotation: await rotates(id, cloud),
      isEnabled: found.Enabled,
      keyUsage: found.KeyUsage,
      customerMasterKeySpec: found.KeySpec,
      tags: Object.fromEntries((Tags ?? []).map(({ TagKey, TagValue }) => [TagKey ?? "", TagValue ?? ""])),
      keyId: found.KeyId,
      arn: found.Arn,
    };
  },
  async update({ id, news, changed }, cloud) {
    const KeyId = id;
    if (changed("enableKeyRotation")) await setRotation(id, news.enableKeyRotation === true, cloud);
    if (changed("description")) {
      const Description = text(news.description ?? "");
      await cloud.kms.send(new kms.UpdateKeyDescriptionCommand({ KeyId, Description }));
      const look = async () => (await keyOf(id, cloud))?.Description === Description;
      await seen(`the description of key ${id}`, MINUTES.description, cloud, look);
    }
    if (changed("policy") && news.policy) {
      const request = new kms.PutKeyPolicyCommand({ KeyId, PolicyName: "default", Policy: text(news.policy) });
      await retrying(/^(NotFound|MalformedPolicyDocument)/, 2, cloud, () => cloud.kms.send(request));
      await policySeen(id, news.policy, cloud);
    }
  },
  async remove(id, state, cloud) {
    const PendingWindowInDays = state.deletionWindowInDays as number | undefined;
    try {
      await ifThere(cloud.kms.send(new kms.ScheduleKeyDeletionCommand({ KeyId: id, PendingWindowInDays })));
    } catch (error) {
      if (!/^KMSInvalidState/.test(codeOf(error)) || !/is pending deletion/.test(messageOf(error))) throw error;
    }
    await until(`key ${id} to be deleted`, MINUTES.deletion, cloud, async () => {
      const left = await keyOf(id, cloud);
      return left ? { missing: `state ${left.KeyState}` } : { done: true };
    });
  },
};
