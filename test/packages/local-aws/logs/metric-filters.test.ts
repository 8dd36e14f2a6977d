import { Clock } from "../../../../packages/local-aws/clock.ts";
import { MetricStore } from "../../../../packages/local-aws/cloudwatch/metric-store.ts";
import { MetricFilters } from "../../../../packages/local-aws/logs/metric-filters.ts";
import { answerLogs } from "../../../../packages/local-aws/logs/service.ts";

const transformation = { metricName: "blue-degraded", metricNamespace: "p/dev", metricValue: "1", unit: "Count" };
const filter = {
  filterName: "degraded",
  logGroupName: "/p/dev/blue",
  filterPattern: '{ $.msg = "degraded" }',
  metricTransformations: [transformation],
};
const passed = { status: 200, headers: {}, body: "{}" };

function logs() {
  const store = new MetricStore(new Clock(1));
  const filters = new MetricFilters(store);
  const hasGroup = (name: string) => Promise.resolve(name === "/p/dev/blue");
  const noKey = { send: () => Promise.reject(new Error("nobody asks for a key")) };
  const args = { filters, hasGroup, kms: noKey, region: "eu-central-1" };
  const call = async (action: string, input: object): Promise<unknown> => {
    const whole = { service: "logs", action, input, headers: {}, body: "" };
    const { body } = await answerLogs(whole, () => Promise.resolve(passed), args);
    return JSON.parse(body);
  };
  const counted = () =>
    store.find({ Namespace: "p/dev", MetricName: "blue-degraded" })?.between(Date.now() - 60_000, Date.now() + 60_000)
      ?.sum ?? 0;
  return { filters, call, counted };
}

test("given a metric filter, then the lines of its group whose member has the value are counted, and no others", async () => {
  const { filters, call, counted } = logs();
  await call("PutMetricFilter", filter);
  filters.take("/p/dev/blue", '{"msg":"degraded","check":"redis"}');
  for (const other of ['{"msg":"ended"}', '{"message":"degraded"}', "degraded", "null"])
    filters.take("/p/dev/blue", other);
  filters.take("/p/dev/green", '{"msg":"degraded"}');
  expect(counted()).toBe(1);
});

test("given a filter that is put again, then there is one, as it was put last; its group takes it along", async () => {
  const { filters, call, counted } = logs();
  await call("PutMetricFilter", filter);
  await call("PutMetricFilter", { ...filter, filterPattern: '{ $.msg = "ended" }' });
  const described = await call("DescribeMetricFilters", { logGroupName: "/p/dev/blue", filterNamePrefix: "deg" });
  expect(described).toMatchObject({
    metricFilters: [{ filterName: "degraded", filterPattern: '{ $.msg = "ended" }' }],
  });
  filters.take("/p/dev/blue", '{"msg":"degraded"}');
  expect(counted()).toBe(0);
  await call("DeleteLogGroup", { logGroupName: "/p/dev/blue" });
  expect(filters.of(undefined)).toEqual([]);
});

test.each<[string, string, object, string]>([
  [
    "a group that is not there",
    "PutMetricFilter",
    { ...filter, logGroupName: "/p/dev/red" },
    "log group does not exist",
  ],
  ["filters of such a group", "DescribeMetricFilters", { logGroupName: "/p/dev/red" }, "log group does not exist"],
  ["a filter that is not there", "DeleteMetricFilter", filter, "metric filter does not exist"],
  [
    "two transformations",
    "PutMetricFilter",
    { ...filter, metricTransformations: [transformation, transformation] },
    "metricTransformations",
  ],
  ["a pattern that nothing follows", "PutMetricFilter", { ...filter, filterPattern: "?ERROR" }, "does not know"],
])("fails on %s", async (_, action, input, message) => {
  await expect(logs().call(action, input)).rejects.toThrow(message);
});
