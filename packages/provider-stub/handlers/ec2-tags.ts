import { CreateTagsCommand, DeleteTagsCommand, ResourceType, type TagSpecification } from "@aws-sdk/client-ec2";
import type { Tagging } from "../row.ts";
import { type Props, tagList } from "../shape.ts";

/** Tags of whatever EC2 holds, by its id. */
export const ec2Tagging: Tagging = {
  tag: (id, tags, { ec2 }) => ec2.send(new CreateTagsCommand({ Resources: [id], Tags: tagList(tags) })),
  untag: (id, keys, { ec2 }) =>
    ec2.send(new DeleteTagsCommand({ Resources: [id], Tags: keys.map((Key) => ({ Key })) })),
};

/** The tags of a creation; nothing where there are none, for AWS refuses empty lists. */
export function tagsAtCreation(kind: ResourceType, inputs: Props): { TagSpecifications?: TagSpecification[] } {
  const tags = tagList(inputs.tags);
  return tags.length > 0 ? { TagSpecifications: [{ ResourceType: kind, Tags: tags }] } : {};
}
