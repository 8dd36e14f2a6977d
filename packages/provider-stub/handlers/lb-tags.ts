import {
  AddTagsCommand,
  DescribeTagsCommand,
  RemoveTagsCommand,
  type Tag,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Cloud, Tagging } from "../row.ts";
import { type Props, tagList, tagMap } from "../shape.ts";

/** Tags of whatever the load-balancing service holds, by its ARN. */
export const lbTagging: Tagging = {
  tag: (arn, tags, { elb }) => elb.send(new AddTagsCommand({ ResourceArns: [arn], Tags: tagList(tags) })),
  untag: (arn, keys, { elb }) => elb.send(new RemoveTagsCommand({ ResourceArns: [arn], TagKeys: keys })),
};

/** The tags of a creation; nothing where there are none, for AWS refuses empty lists. */
export function lbTags(inputs: Props): { Tags?: Tag[] } {
  const Tags = tagList(inputs.tags);
  return Tags.length > 0 ? { Tags } : {};
}

export async function lbTagsOf(arn: string, { elb }: Cloud): Promise<Record<string, string>> {
  const answer = await elb.send(new DescribeTagsCommand({ ResourceArns: [arn] }));
  return tagMap(answer.TagDescriptions?.[0]?.Tags);
}

/** Names of load balancers and target groups, as AWS takes them. */
export const LB_NAME = {
  max: 32,
  pattern: {
    test: /^(?!internal-)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$/,
    says: 'use letters, digits and hyphens only, neither a hyphen at an end nor "internal-" in front',
  },
};
