import * as cloudwatch from "@aws-sdk/client-cloudwatch";
import type { Cloud, Tagging } from "../row.ts";
import { tagList, tagMap } from "../shape.ts";

/** An alarm's ARN, by its name: the names of metric alarms and composite alarms are of one space. */
async function arnOf(name: string, cloud: Cloud): Promise<string> {
  return `arn:aws:cloudwatch:${cloud.region}:${(await cloud.identity()).account}:alarm:${name}`;
}

/** Tags of metric alarms and of composite alarms. */
export const alarmTagging: Tagging = {
  async tag(name, tags, cloud) {
    const ResourceARN = await arnOf(name, cloud);
    await cloud.cloudwatch.send(new cloudwatch.TagResourceCommand({ ResourceARN, Tags: tagList(tags) }));
  },
  async untag(name, TagKeys, cloud) {
    const ResourceARN = await arnOf(name, cloud);
    await cloud.cloudwatch.send(new cloudwatch.UntagResourceCommand({ ResourceARN, TagKeys }));
  },
};

export async function alarmTagsOf(arn: string | undefined, cloud: Cloud): Promise<Record<string, string>> {
  const asked = new cloudwatch.ListTagsForResourceCommand({ ResourceARN: arn });
  return tagMap((await cloud.cloudwatch.send(asked)).Tags);
}
