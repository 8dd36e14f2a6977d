import type { Random } from "./random.ts";

/** What comes at random times, in clumps that fall into a second and the next one. */
export class Stream {
  private later = 0;
  private readonly clump: number;
  private readonly random: Random;

  /** @param clump how many come together in the mean */
  constructor(clump: number, random: Random) {
    [this.clump, this.random] = [clump, random];
  }

  /** How many come in a second, of so many at most. @param mean how many do in the long run */
  next(mean: number, most = Infinity): number {
    let now = this.later;
    this.later = 0;
    for (let clumps = mean === 0 ? 0 : this.random.poisson(mean / this.clump); clumps > 0; clumps--) {
      for (let left = this.random.size(this.clump); left > 0; left--) {
        if (this.clump > 1 && this.random.uniform() < 0.5) this.later += 1;
        else now += 1;
      }
    }
    return Math.min(now, most);
  }
}
