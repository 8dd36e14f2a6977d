import * as cloudwatch from "@aws-sdk/client-cloudwatch";
import { ifThere } from "../errors.ts";
import type { Cloud, Row } from "../row.ts";
import { fromAws, isBlock, type Props, shape, tagList, toAws } from "../shape.ts";
import { alarmTagging, alarmTagsOf } from "./alarms.ts";
import { atMost, between, characters, type Fault, faultsOf, matching, oneOf, type Rule } from "./rules.ts";

const QUERY = "id expression label returnData";
const STAT = "period stat";
const METRIC = "metricName namespace";
const [queryArgs, statArgs, metricArgs] = [shape(QUERY), shape(STAT), shape(METRIC)];
const args = shape(`name=AlarmName alarmDescription comparisonOperator threshold evaluationPeriods datapointsToAlarm
  treatMissingData actionsEnabled alarmActions okActions=OKActions namespace metricName dimensions:own period statistic
  extendedStatistic metricQueries:own{${QUERY} metric{${METRIC} ${STAT} dimensions:map}} tags:own`);

/** What can't stand beside metricQueries. */
const SINGLE = ["namespace", "metricName", "dimensions", "period", "statistic", "extendedStatistic"];

const STATISTICS = ["SampleCount", "Average", "Sum", "Minimum", "Maximum"];
const EXTENDED =
  /^((p|tm|wm|tc|ts)(\d{1,2}(\.\d{1,2})?|100)|IQM|(TM|WM|PR|TC|TS)\((\d+(\.\d+)?%?)?:(\d+(\.\d+)?%?)?\))$/;
const extendedStatistic = matching(EXTENDED, "a percentile such as p95, or a trimmed statistic such as tm90");
const name = characters(1, 255);

function period(...short: number[]): Rule {
  const test = (value: unknown) => short.some((one) => one === value) || Number(value) % 60 === 0;
  return { allowed: `${short.join(", ")} or a multiple of 60`, test };
}

const RULES: Record<string, Rule> = {
  alarmDescription: characters(0, 1024),
  comparisonOperator: oneOf(
    ...["GreaterThanOrEqualToThreshold", "GreaterThanThreshold", "LessThanThreshold", "LessThanOrEqualToThreshold"],
    ...["LessThanLowerOrGreaterThanUpperThreshold", "LessThanLowerThreshold", "GreaterThanUpperThreshold"],
  ),
  evaluationPeriods: between(1, Infinity),
  datapointsToAlarm: between(1, Infinity),
  treatMissingData: oneOf("breaching", "notBreaching", "ignore", "missing"),
  okActions: atMost(5),
  namespace: name,
  metricName: name,
  period: period(10, 20, 30),
  statistic: oneOf(...STATISTICS),
  extendedStatistic,
};

const QUERY_RULES: Record<string, Rule> = { id: name, expression: characters(1, 1024) };
const METRIC_RULES: Record<string, Rule> = {
  namespace: name,
  metricName: name,
  period: period(1, 5, 10, 20, 30),
  stat: {
    allowed: `${STATISTICS.join(", ")} or ${extendedStatistic.allowed}`,
    test: (value) => STATISTICS.some((one) => one === value) || extendedStatistic.test(value),
  },
};

function queriesOf(inputs: Props): Props[] {
  return Array.isArray(inputs.metricQueries) ? inputs.metricQueries.filter(isBlock) : [];
}

function queryFaults(query: Props, index: number): Fault[] {
  const path = `metricQueries[${index}]`;
  const metric = isBlock(query.metric) ? query.metric : undefined;
  const reason = "a query may not have both expression and metric";
  return [
    ...(query.expression && metric ? [{ property: path, reason }] : []),
    ...faultsOf(QUERY_RULES, query, `${path}.`),
    ...faultsOf(METRIC_RULES, metric ?? {}, `${path}.metric.`),
  ];
}

function faults(inputs: Props): Fault[] {
  const queries = queriesOf(inputs);
  const beside = queries.length > 0 ? SINGLE.filter((arg) => inputs[arg] !== undefined) : [];
  const statistics = ["statistic", "extendedStatistic"].filter((arg) => inputs[arg] !== undefined);
  const reason = `exactly one of statistic and extendedStatistic must be given with metricName, not ${statistics.length}`;
  return [
    ...faultsOf(RULES, inputs),
    ...beside.map((property) => ({ property, reason: "conflicts with metricQueries" })),
    ...(inputs.metricName !== undefined && statistics.length !== 1 ? [{ property: "statistic", reason }] : []),
    ...queries.flatMap(queryFaults),
  ];
}

function dimensionList(dimensions: unknown): cloudwatch.Dimension[] {
  return isBlock(dimensions) ? Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value: String(Value) })) : [];
}

function dimensionMap(dimensions: cloudwatch.Dimension[] | undefined): Props | null {
  if (!dimensions?.length) return null;
  return Object.fromEntries(dimensions.map(({ Name, Value }) => [Name ?? "", Value]));
}

function queryToAws(query: Props): cloudwatch.MetricDataQuery {
  const { metric } = query;
  const MetricStat = isBlock(metric)
    ? {
        ...toAws<cloudwatch.MetricStat>(statArgs, metric),
        Metric: { ...toAws(metricArgs, metric), Dimensions: dimensionList(metric.dimensions) },
      }
    : undefined;
  return { ...toAws<cloudwatch.MetricDataQuery>(queryArgs, query), MetricStat };
}

function queryFromAws(query: cloudwatch.MetricDataQuery): Props {
  const stat = query.MetricStat;
  const metric = stat && {
    ...fromAws(statArgs, stat),
    ...fromAws(metricArgs, stat.Metric),
    dimensions: dimensionMap(stat.Metric?.Dimensions),
  };
  return { ...fromAws(queryArgs, query), metric };
}

/** The whole of it: an alarm is put anew with each change. */
function request(inputs: Props): cloudwatch.PutMetricAlarmCommandInput {
  const queries = queriesOf(inputs);
  return {
    ...toAws<cloudwatch.PutMetricAlarmCommandInput>(args, { threshold: 0, ...inputs }),
    ...(isBlock(inputs.dimensions) ? { Dimensions: dimensionList(inputs.dimensions) } : {}),
    ...(queries.length > 0 ? { Metrics: queries.map(queryToAws) } : {}),
  };
}

async function alarmOf(alarm: string, cloud: Cloud): Promise<cloudwatch.MetricAlarm | undefined> {
  const asked = new cloudwatch.DescribeAlarmsCommand({ AlarmNames: [alarm], AlarmTypes: ["MetricAlarm"] });
  return (await cloud.cloudwatch.send(asked)).MetricAlarms?.[0];
}

/** Metric alarms. Like the official provider, it puts an alarm over one of the same name without a word. */
export const metricAlarm: Row = {
  type: "aws:cloudwatch/metricAlarm:MetricAlarm",
  args,
  replace: "name",
  name: { max: 255 },
  tagging: alarmTagging,
  defaults(inputs) {
    const given = { actionsEnabled: true, treatMissingData: "missing", ...inputs };
    if (!Array.isArray(inputs.metricQueries)) return given;
    const metricQueries = inputs.metricQueries.map((query: unknown) =>
      isBlock(query) ? { returnData: false, ...query } : query,
    );
    return { ...given, metricQueries };
  },
  check: faults,
  async create(inputs, cloud) {
    const Tags = tagList(inputs.tags);
    await cloud.cloudwatch.send(new cloudwatch.PutMetricAlarmCommand({ ...request(inputs), Tags }));
    return String(inputs.name);
  },
  async read(id, cloud) {
    const found = await alarmOf(id, cloud);
    if (!found) return undefined;
    const unset = Object.fromEntries(
      ["alarmDescription", "datapointsToAlarm", "statistic", "extendedStatistic"].map((arg) => [arg, null]),
    );
    return {
      ...unset,
      treatMissingData: "missing",
      ...fromAws(args, found),
      dimensions: dimensionMap(found.Dimensions),
      metricQueries: found.Metrics?.length ? found.Metrics.map(queryFromAws) : null,
      tags: await alarmTagsOf(found.AlarmArn, cloud),
      arn: found.AlarmArn,
    };
  },
  async update({ news, changed }, cloud) {
    const others = [...args.keys()].filter((arg) => arg !== "tags");
    if (changed(...others)) await cloud.cloudwatch.send(new cloudwatch.PutMetricAlarmCommand(request(news)));
  },
  async remove(id, _state, cloud) {
    await ifThere(cloud.cloudwatch.send(new cloudwatch.DeleteAlarmsCommand({ AlarmNames: [id] })));
  },
};
