/** Something that is asked at most once in a while; in between, the last answer stands. */
export class TtlCache<T> {
  private last?: { readonly at: number; readonly value: T };

  private readonly seconds: number;
  private readonly now: () => number;
  private readonly ask: () => Promise<T>;

  /**
   * @param seconds that an answer stands
   * @param now milliseconds
   */
  constructor(seconds: number, now: () => number, ask: () => Promise<T>) {
    this.seconds = seconds;
    this.now = now;
    this.ask = ask;
  }

  /** The answer that stands, or a new one. A failed question is asked again the next time; its error passes through. */
  async get(): Promise<T> {
    const at = this.now();
    if (this.last === undefined || at - this.last.at >= this.seconds * 1000)
      this.last = { at, value: await this.ask() };
    return this.last.value;
  }

  /** The last answer no longer stands. */
  forget(): void {
    this.last = undefined;
  }
}
