import { Clock } from "../../../../packages/local-aws/clock.ts";
import { Alarms, type Alarm } from "../../../../packages/local-aws/cloudwatch/alarms.ts";
import { Evaluator } from "../../../../packages/local-aws/cloudwatch/evaluator.ts";
import { MetricStore, type MetricId } from "../../../../packages/local-aws/cloudwatch/metric-store.ts";
import type { StateValue } from "../../../../packages/local-aws/cloudwatch/missing-data.ts";
import { readArguments } from "../../../../packages/local-aws/cloudwatch/schemas.ts";

/** The metric that the fixtures' alarms watch. */
export const metric: MetricId = {
  Namespace: "AWS/ApplicationELB",
  MetricName: "RequestCount",
  Dimensions: [{ Name: "LoadBalancer", Value: "app/main/1" }],
};

/** A valid PutMetricAlarm: more than 5 requests in two of three minutes. */
export const putMetricAlarm = {
  AlarmName: "busy",
  ...metric,
  Period: 60,
  Statistic: "Sum",
  EvaluationPeriods: 3,
  DatapointsToAlarm: 2,
  Threshold: 5,
  ComparisonOperator: "GreaterThanThreshold",
  TreatMissingData: "notBreaching",
};

/** A CloudWatch whose time stands still until it is moved on; an AWS minute takes 6 s of it. */
export class StillCloudWatch {
  /** 12:00:00.500 UTC: the running minute is new. */
  now = Date.UTC(2026, 2, 24, 12) + 500;
  /** What was heard of: alarm, from, to. */
  readonly changes: [string, StateValue, StateValue][] = [];
  readonly store: MetricStore;
  readonly alarms: Alarms;
  readonly evaluator: Evaluator;

  constructor() {
    const clock = new Clock(10);
    this.store = new MetricStore(clock, () => this.now);
    const onChange = (alarm: Alarm, from: StateValue): void =>
      void this.changes.push([alarm.name, from, alarm.state.value]);
    this.alarms = new Alarms({ store: this.store, region: "eu-central-1", onChange });
    this.evaluator = new Evaluator({ clock, store: this.store, alarms: this.alarms, onTick: () => undefined });
  }

  put(over: object = {}): void {
    this.alarms.putMetric(readArguments("PutMetricAlarm", { ...putMetricAlarm, ...over }));
  }

  putComposite(AlarmName: string, AlarmRule: string): void {
    this.alarms.putComposite(readArguments("PutCompositeAlarm", { AlarmName, AlarmRule }));
  }

  state(name = "busy"): StateValue {
    return this.alarms.require(name).state.value;
  }

  /** Counts requests, then lets AWS seconds pass, ten by ten. */
  pass(awsSeconds: number, requests = 0): void {
    for (let count = 0; count < requests; count++) this.store.of(metric).add(1);
    for (let passed = 0; passed < awsSeconds; passed += 10) {
      this.now += 1000;
      this.evaluator.tick();
    }
  }
}
