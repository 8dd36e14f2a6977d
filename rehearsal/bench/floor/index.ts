import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** The least that an update can be: one resource, which changes. */
export default function floor(): Record<string, unknown> {
  const retentionInDays = new pulumi.Config().requireNumber("days");
  const group = new aws.cloudwatch.LogGroup("floor", { retentionInDays });
  return { name: group.name };
}
