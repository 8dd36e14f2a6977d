import type { Clock } from "../clock.ts";
import type { JsonService } from "../json.ts";
import { Alarms } from "./alarms.ts";
import { Evaluator } from "./evaluator.ts";
import type { MetricStore } from "./metric-store.ts";
import { notifier, type Publish } from "./notifications.ts";
import { answerCloudWatch } from "./service.ts";

/** What CloudWatch needs from the rest of the cloud. */
export interface CloudWatchArgs {
  clock: Clock;
  store: MetricStore;
  region: string;
  publish: Publish;
  /** Called every 10 AWS seconds: the moment to put values into the store that nobody counts. */
  onTick: () => void;
  log: (line: string) => void;
}

/** A CloudWatch at work. */
export interface RunningCloudWatch {
  readonly alarms: Alarms;
  readonly answer: JsonService;
  /** @param seconds AWS seconds by which alarms come late from now on; 0: not at all */
  delayAlarms(seconds: number): void;
  end(): void;
}

/** Starts CloudWatch: from now on alarms are judged. */
export function startCloudWatch({ clock, store, region, publish, onTick, log }: CloudWatchArgs): RunningCloudWatch {
  const alarms = new Alarms({ store, region, onChange: notifier({ region, publish, log }) });
  const evaluator = new Evaluator({ clock, store, alarms, onTick });
  evaluator.start();
  return {
    alarms,
    answer: (call, passOn) => answerCloudWatch(call, passOn, { alarms, store }),
    delayAlarms: (seconds) => void (evaluator.lag = seconds),
    end: () => evaluator.end(),
  };
}
