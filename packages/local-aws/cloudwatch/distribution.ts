/** Growth from one bucket to the next: a bucket's geometric middle is at most 2 % off. */
const growth = 1.04;
const logGrowth = Math.log(growth);
/** Values up to this one share the first bucket; load balancers measure in tenths of a millisecond, too. */
const smallest = 1e-4;
/** Buckets up to 10,000, which is more seconds than any load balancer waits. */
const size = Math.ceil(Math.log(1e8) / logGrowth) + 1;

function bucketOf(value: number): number {
  return value <= smallest ? 0 : Math.min(size - 1, 1 + Math.floor(Math.log(value / smallest) / logGrowth));
}

/** Values of one span of time: how many, their sum, least and greatest, and how they are spread, good to 2 %. */
export class Distribution {
  count = 0;
  sum = 0;
  minimum = Infinity;
  maximum = -Infinity;
  /** Only once two values differ: counts of requests, always 1, need none. */
  private buckets: Uint32Array | undefined;

  add(value: number): void {
    if (this.buckets) {
      this.buckets[bucketOf(value)]++;
    } else if (this.count > 0 && value !== this.minimum) {
      this.spread()[bucketOf(value)]++;
    }
    this.count++;
    this.sum += value;
    if (value < this.minimum) this.minimum = value;
    if (value > this.maximum) this.maximum = value;
  }

  /** Takes another one's values in. */
  merge(other: Distribution): void {
    if (other.count === 0) return;
    if (other.buckets || (this.count > 0 && this.minimum !== other.minimum)) {
      const own = this.buckets ?? this.spread();
      if (other.buckets) other.buckets.forEach((count, bucket) => (own[bucket] += count));
      else own[bucketOf(other.minimum)] += other.count;
    } else if (this.buckets) {
      this.buckets[bucketOf(other.minimum)] += other.count;
    }
    this.count += other.count;
    this.sum += other.sum;
    this.minimum = Math.min(this.minimum, other.minimum);
    this.maximum = Math.max(this.maximum, other.maximum);
  }

  /** The value that this percentage of all values does not exceed; NaN where there are none. */
  percentile(percent: number): number {
    if (!this.buckets) return this.count > 0 ? this.minimum : NaN;
    let left = Math.max(1, Math.ceil((percent / 100) * this.count));
    const bucket = this.buckets.findIndex((count) => (left -= count) <= 0);
    const middle = smallest * growth ** (bucket - 0.5);
    return Math.min(this.maximum, Math.max(this.minimum, middle));
  }

  private spread(): Uint32Array {
    this.buckets = new Uint32Array(size);
    if (this.count > 0) this.buckets[bucketOf(this.minimum)] = this.count;
    return this.buckets;
  }
}
