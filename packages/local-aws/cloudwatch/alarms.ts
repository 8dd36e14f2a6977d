import { account } from "../autoscaling/groups.ts";
import { AwsError, validationError } from "@bluegreen/query-protocol";
import { parseAlarmRule, type AlarmRule } from "./alarm-rule.ts";
import type { MetricStore } from "./metric-store.ts";
import type { StateValue } from "./missing-data.ts";
import type { Arguments } from "./schemas.ts";
import type { Reason } from "./state-reason.ts";
import { watchOf, type Watch } from "./watch.ts";

/** An alarm's state with its history of one. */
interface AlarmState {
  value: StateValue;
  reason: Reason;
  updated: Date;
  transitioned: Date;
}

interface Common {
  name: string;
  arn: string;
  tags: Map<string, string>;
  configured: Date;
  state: AlarmState;
}

/** An alarm on a metric or an expression. */
export interface MetricAlarm extends Common {
  kind: "metric";
  input: Arguments<"PutMetricAlarm">;
  watch: Watch;
}

/** An alarm on other alarms. */
export interface CompositeAlarm extends Common {
  kind: "composite";
  input: Arguments<"PutCompositeAlarm">;
  rule: AlarmRule;
}

/** An alarm of either kind. */
export type Alarm = MetricAlarm | CompositeAlarm;

/** What alarms need from the rest of the cloud. */
export interface AlarmsArgs {
  store: MetricStore;
  region: string;
  /** Hears of every change of a state, after it. */
  onChange(alarm: Alarm, from: StateValue): void;
}

/** All alarms and their states. Composite ones follow the others at once. */
export class Alarms {
  private readonly byName = new Map<string, Alarm>();

  private readonly args: AlarmsArgs;

  constructor(args: AlarmsArgs) {
    this.args = args;
  }

  /** All of them, by name. */
  list(): Alarm[] {
    return [...this.byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** @throws ResourceNotFound where there is none. */
  require(name: string): Alarm {
    const alarm = this.byName.get(name);
    if (!alarm) throw new AwsError("ResourceNotFound", `The alarm '${name}' does not exist`, 404);
    return alarm;
  }

  /** Creates a metric alarm, or gives it other settings: then its state and its tags stay. */
  putMetric(input: Arguments<"PutMetricAlarm">): void {
    const watch = watchOf(input, this.args.store);
    this.byName.set(input.AlarmName, { kind: "metric", input, watch, ...this.common(input, "metric") });
  }

  /** The same for a composite alarm, which is judged at once. */
  putComposite(input: Arguments<"PutCompositeAlarm">): void {
    const rule = parseAlarmRule(input.AlarmRule);
    const missing = [...rule.names].filter((name) => !this.byName.has(nameOf(name)));
    if (missing.length > 0) {
      throw validationError(
        `Could not save the composite alarm as alarms [${missing.join(", ")}] in the alarm rule do not exist`,
      );
    }
    const known = this.byName.has(input.AlarmName);
    const alarm: CompositeAlarm = { kind: "composite", input, rule, ...this.common(input, "composite") };
    this.byName.set(alarm.name, alarm);
    this.judge(
      alarm,
      (to) => `${alarm.arn} was ${known ? "updated" : "created"} and its alarm rule evaluates to ${to}`,
    );
  }

  /** Deletes alarms, all or none. One that a composite alarm names must stay. */
  delete(names: readonly string[]): void {
    const going = new Set(names.map((name) => this.require(name)));
    const composites = [...going].filter(({ kind }) => kind === "composite");
    if (composites.length > 1) {
      throw validationError("A DeleteAlarms call may delete at most one composite alarm");
    }
    const staying = this.list().filter((alarm) => !going.has(alarm));
    const needed = [...going].filter(({ name }) => staying.some((alarm) => dependsOn(alarm, name)));
    if (needed.length > 0) {
      throw validationError(
        `Cannot delete ${needed.map(({ name }) => name).join(",")} as there are composite alarm(s) depending on ` +
          `${needed.length > 1 ? "them" : "it"}.`,
      );
    }
    going.forEach(({ name }) => this.byName.delete(name));
  }

  /** Gives an alarm a state; when it is another one, the alarms that depend on it follow. */
  setState(alarm: Alarm, to: StateValue, reason: Reason): void {
    const changed = new Set<Alarm>();
    this.change(alarm, to, reason, changed);
  }

  private change(alarm: Alarm, to: StateValue, reason: Reason, changed: Set<Alarm>): void {
    const from = alarm.state.value;
    const now = new Date(this.args.store.now());
    // Composite alarms may name each other in a circle: each changes once at most.
    if (changed.has(alarm)) return;
    if (from === to) {
      alarm.state = { ...alarm.state, reason, updated: now };
      return;
    }
    changed.add(alarm);
    alarm.state = { value: to, reason, updated: now, transitioned: now };
    this.args.onChange(alarm, from);
    const text = `${alarm.arn} transitioned to ${to} at ${longDate(now)}`;
    for (const other of this.list()) {
      if (dependsOn(other, alarm.name)) this.judge(other, () => text, changed);
    }
  }

  private judge(alarm: CompositeAlarm, words: (to: StateValue) => string, changed = new Set<Alarm>()): void {
    const holds = alarm.rule.holds((name) => this.byName.get(nameOf(name))?.state.value);
    const to = holds ? "ALARM" : "OK";
    if (to !== alarm.state.value) this.change(alarm, to, { text: words(to) }, changed);
  }

  private common(input: { AlarmName: string; Tags: { Key: string; Value: string }[] }, kind: Alarm["kind"]): Common {
    const now = new Date(this.args.store.now());
    const known = this.byName.get(input.AlarmName);
    if (known && known.kind !== kind) {
      throw validationError(`The name '${input.AlarmName}' belongs to a ${known.kind} alarm`);
    }
    return {
      name: input.AlarmName,
      arn: `${arnPrefix(this.args.region)}${input.AlarmName}`,
      tags: known?.tags ?? new Map(input.Tags.map(({ Key, Value }) => [Key, Value])),
      configured: now,
      state: known?.state ?? {
        value: "INSUFFICIENT_DATA",
        reason: { text: "Unchecked: Initial alarm creation" },
        updated: now,
        transitioned: now,
      },
    };
  }
}

function arnPrefix(region: string): string {
  return `arn:aws:cloudwatch:${region}:${account}:alarm:`;
}

/** The name in an alarm's ARN; a name stays what it is. */
export function nameOf(nameOrArn: string): string {
  return nameOrArn.replace(/^arn:[^:]*:cloudwatch:[^:]*:[^:]*:alarm:/, "");
}

function dependsOn(alarm: Alarm, name: string): alarm is CompositeAlarm {
  return alarm.kind === "composite" && [...alarm.rule.names].some((named) => nameOf(named) === name);
}

/** `Tuesday 14 April, 2020 18:31:12 UTC`, as composite alarms say it. */
function longDate(moment: Date): string {
  const part = (options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat("en-GB", { ...options, timeZone: "UTC" }).format(moment);
  const day = `${part({ weekday: "long" })} ${part({ day: "2-digit" })} ${part({ month: "long" })}`;
  return `${day}, ${part({ year: "numeric" })} ${moment.toISOString().slice(11, 19)} UTC`;
}
