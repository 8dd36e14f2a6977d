import type { KMSClient } from "@aws-sdk/client-kms";
import { AwsError } from "@bluegreen/query-protocol";
import { z } from "zod";
import type { PassOn, Reply } from "../call.ts";
import { jsonReply, type JsonCall } from "../json.ts";
import { requireUsableKey } from "./group-key.ts";
import type { MetricFilters } from "./metric-filters.ts";

const transformation = z.object({
  metricName: z.string(),
  metricNamespace: z.string(),
  metricValue: z.string(),
  unit: z.string().optional(),
});
const put = z.object({
  filterName: z.string(),
  filterPattern: z.string(),
  logGroupName: z.string(),
  metricTransformations: z.tuple([transformation]),
});
const described = z.object({ filterNamePrefix: z.string().default(""), logGroupName: z.string().optional() });
const named = z.object({ filterName: z.string(), logGroupName: z.string() });
const group = z.object({ logGroupName: z.string() });
const keyed = z.object({ logGroupName: z.string(), kmsKeyId: z.string().optional() });

/** What CloudWatch Logs works on here. */
export interface LogsArgs {
  filters: MetricFilters;
  /** Whether there is such a log group. */
  hasGroup: (name: string) => Promise<boolean>;
  kms: Pick<KMSClient, "send">;
  region: string;
}

/**
 * CloudWatch Logs: moto's, except for a group's key, of which it takes any, and metric filters, which moto keeps twice when they are put again, keeps for groups that don't
 * exist, and never follows.
 */
export async function answerLogs(
  call: JsonCall,
  passOn: PassOn,
  { filters, hasGroup, kms, region }: LogsArgs,
): Promise<Reply> {
  const { action, input } = call;
  if (action === "CreateLogGroup" || action === "AssociateKmsKey")
    await requireUsableKey(kms, region, read(keyed, input));
  const requireGroup = async (name: string): Promise<void> => {
    if (!(await hasGroup(name)))
      throw new AwsError("ResourceNotFoundException", "The specified log group does not exist.");
  };
  if (action === "PutMetricFilter") {
    const filter = read(put, input);
    await requireGroup(filter.logGroupName);
    filters.put({ ...filter, creationTime: Date.now() });
    return jsonReply(call, {});
  }
  if (action === "DescribeMetricFilters") {
    const { logGroupName, filterNamePrefix } = read(described, input);
    if (logGroupName !== undefined) await requireGroup(logGroupName);
    const metricFilters = filters.of(logGroupName).filter((one) => one.filterName.startsWith(filterNamePrefix));
    return jsonReply(call, { metricFilters });
  }
  if (action === "DeleteMetricFilter") {
    const filter = read(named, input);
    await requireGroup(filter.logGroupName);
    if (!filters.delete(filter))
      throw new AwsError("ResourceNotFoundException", "The specified metric filter does not exist.");
    return jsonReply(call, {});
  }
  const answer = await passOn();
  if (action === "DeleteLogGroup" && answer.status === 200) filters.deleteGroup(read(group, input).logGroupName);
  return answer;
}

function read<T>(schema: z.ZodType<T>, input: unknown): T {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw new AwsError("InvalidParameterException", z.prettifyError(result.error));
}
