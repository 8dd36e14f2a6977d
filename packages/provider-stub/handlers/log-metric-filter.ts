import * as logs from "@aws-sdk/client-cloudwatch-logs";
import { ifThere } from "../errors.ts";
import type { Cloud, Row } from "../row.ts";
import { isBlock, type Props, shape } from "../shape.ts";
import { characters, type Fault, faultsOf, matching, oneOf } from "./rules.ts";

const args = shape(`name logGroupName pattern metricTransformation{name namespace value unit defaultValue}`);

const transformationName = matching(/^[^:*$]{0,255}$/, "255 characters at most, and no : * $");
const RULES = {
  name: matching(/^[^:*]{1,512}$/, "1 to 512 characters, and no : *"),
  pattern: characters(0, 1024),
};
const TRANSFORMATION_RULES = {
  name: transformationName,
  namespace: transformationName,
  value: characters(0, 100),
  unit: oneOf(...Object.values(logs.StandardUnit)),
  defaultValue: matching(/^-?\d+(\.\d+)?$/, "a number, as text"),
};

const block = (value: unknown): Props => (isBlock(value) ? value : {});

function faults(inputs: Props): Fault[] {
  const transformation = block(inputs.metricTransformation);
  return [...faultsOf(RULES, inputs), ...faultsOf(TRANSFORMATION_RULES, transformation, "metricTransformation.")];
}

async function put(inputs: Props, cloud: Cloud): Promise<void> {
  const { name, namespace, value, unit, defaultValue } = block(inputs.metricTransformation);
  const transformation = {
    metricName: String(name),
    metricNamespace: String(namespace),
    metricValue: String(value),
    unit: unit as logs.StandardUnit,
    defaultValue: defaultValue === undefined ? undefined : Number(defaultValue),
  };
  await cloud.logs.send(
    new logs.PutMetricFilterCommand({
      filterName: String(inputs.name),
      filterPattern: String(inputs.pattern).trim(),
      logGroupName: String(inputs.logGroupName),
      metricTransformations: [transformation],
    }),
  );
}

async function filterOf(name: string, logGroupName: string, cloud: Cloud): Promise<logs.MetricFilter | undefined> {
  for (let nextToken: string | undefined; ;) {
    const asked = new logs.DescribeMetricFiltersCommand({ filterNamePrefix: name, logGroupName, nextToken });
    const page = await ifThere(cloud.logs.send(asked));
    const found = page?.metricFilters?.find((one) => one.filterName === name);
    if (found || !page?.nextToken) return found;
    nextToken = page.nextToken;
  }
}

/** Metric filters of log groups. One of the same name is put over, as the official provider does it. */
export const logMetricFilter: Row = {
  type: "aws:cloudwatch/logMetricFilter:LogMetricFilter",
  args,
  replace: "name logGroupName",
  name: { max: 512 },
  defaults(inputs) {
    const metricTransformation = { unit: "None", ...block(inputs.metricTransformation) };
    return { ...inputs, pattern: String(inputs.pattern).trim(), metricTransformation };
  },
  check: faults,
  async create(inputs, cloud) {
    await put(inputs, cloud);
    return String(inputs.name);
  },
  async read(name, cloud, state) {
    const found = await filterOf(name, String(state.logGroupName), cloud);
    const [transformation] = found?.metricTransformations ?? [];
    if (found === undefined || transformation === undefined) return undefined;
    const { metricName, metricNamespace, metricValue, unit, defaultValue } = transformation;
    return {
      name,
      logGroupName: found.logGroupName,
      pattern: found.filterPattern,
      metricTransformation: {
        name: metricName,
        namespace: metricNamespace,
        value: metricValue,
        unit: unit ?? "None",
        defaultValue: defaultValue === undefined ? undefined : String(defaultValue),
      },
    };
  },
  async update({ news }, cloud) {
    await put(news, cloud);
  },
  async remove(filterName, state, cloud) {
    const logGroupName = String(state.logGroupName);
    await ifThere(cloud.logs.send(new logs.DeleteMetricFilterCommand({ filterName, logGroupName })));
  },
};
