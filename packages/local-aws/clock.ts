/** How fast time runs in this cloud: the one place that turns AWS's seconds into this machine's milliseconds. */
export class Clock {
  readonly timeScale: number;

  /** @param timeScale How many AWS seconds pass in one real second. */
  constructor(timeScale: number) {
    this.timeScale = timeScale;
    if (!(timeScale > 0)) {
      throw new Error(`timeScale is ${timeScale}; allowed is a number above 0, e.g. 10 (ten AWS seconds a second).`);
    }
  }

  /** Real milliseconds for a span that AWS gives in seconds. */
  milliseconds(awsSeconds: number): number {
    return (awsSeconds * 1000) / this.timeScale;
  }

  /** Waits for a span given in AWS's seconds. */
  sleep(awsSeconds: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, this.milliseconds(awsSeconds)));
  }
}
