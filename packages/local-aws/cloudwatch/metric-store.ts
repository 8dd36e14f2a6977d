import type { Clock } from "../clock.ts";
import { Distribution } from "./distribution.ts";

/** A metric's dimension. */
export interface Dimension {
  Name: string;
  Value: string;
}

/** What makes a metric one of its own. */
export interface MetricId {
  Namespace: string;
  MetricName: string;
  Dimensions?: Dimension[];
}

/** Real milliseconds that values are kept. */
const retention = 3_600_000;

/** The shortest period of an alarm, in AWS seconds; slots divide it. */
export const shortestPeriod = 10;

/** A metric's values by slots of time. */
export class Series {
  private readonly slots = new Map<number, Distribution>();
  private slot = -1;
  private values = new Distribution();

  private readonly slotLength: number;
  private readonly now: () => number;

  constructor(slotLength: number, now: () => number) {
    this.slotLength = slotLength;
    this.now = now;
  }

  /** Adds a value at this moment. */
  add(value: number): void {
    const slot = Math.floor(this.now() / this.slotLength);
    if (slot !== this.slot) this.open(slot);
    this.values.add(value);
  }

  /** All values from one moment (inclusive) to another (exclusive), in real milliseconds; undefined where there are none. */
  between(from: number, to: number): Distribution | undefined {
    const last = this.firstSlot(to);
    const all = new Distribution();
    for (let slot = this.firstSlot(from); slot < last; slot++) {
      const values = this.slots.get(slot);
      if (values) all.merge(values);
    }
    return all.count > 0 ? all : undefined;
  }

  /** The first slot that begins at a moment or after it; a moment that a division left just above its slot is the slot's. */
  private firstSlot(moment: number): number {
    return Math.ceil(moment / this.slotLength - 1e-6);
  }

  private open(slot: number): void {
    this.slot = slot;
    this.values = this.slots.get(slot) ?? new Distribution();
    this.slots.set(slot, this.values);
    for (const old of this.slots.keys()) {
      if (old > slot - retention / this.slotLength) break;
      this.slots.delete(old);
    }
  }
}

/** Metrics of the last hour. */
export class MetricStore {
  private readonly series = new Map<string, Series>();
  /** Real milliseconds of a slot: the shortest period of an alarm is a whole number of them, and none is above a second. */
  readonly slotLength: number;

  readonly now: () => number;

  /** @param now The moment in real milliseconds since 1970; default the system's. */
  constructor(clock: Clock, now: () => number = Date.now) {
    this.now = now;
    const shortest = clock.milliseconds(shortestPeriod);
    this.slotLength = shortest / Math.ceil(shortest / 1000);
  }

  /** A metric to add values to. */
  of(id: MetricId): Series {
    const key = keyOf(id);
    let series = this.series.get(key);
    if (!series) this.series.set(key, (series = new Series(this.slotLength, this.now)));
    return series;
  }

  /** A metric to read, undefined while it has no value yet. */
  find(id: MetricId): Series | undefined {
    return this.series.get(keyOf(id));
  }
}

function keyOf({ Namespace, MetricName, Dimensions = [] }: MetricId): string {
  const dimensions = Dimensions.map(({ Name, Value }) => [Name, Value]).sort(([a = ""], [b = ""]) => (a < b ? -1 : 1));
  return JSON.stringify([Namespace, MetricName, dimensions]);
}
