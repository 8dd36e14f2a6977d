/** A service and its traffic, as a release meets it. */
export interface Cell {
  readonly name: string;
  /** Users' requests a second, to both colours together. */
  readonly requests: number;
  /** Percent of them that the canary gets. */
  readonly weight: number;
  /** Percent of the requests that fail whatever is released. */
  readonly background: number;
  /** Failures, and slow answers, that come together, in the mean; default 1: each by itself. */
  readonly clump?: number;
  /** Percent of the answers that are slow whatever is released; default 2. */
  readonly slow?: number;
  /** Whether now and then 10 % fail for half a minute, on both colours; default false. */
  readonly bursts?: boolean;
}

const usual = { requests: 100, weight: 10 } as const;

export const cells: readonly Cell[] = [
  { ...usual, name: "nothing fails", background: 0 },
  { ...usual, name: "0.1 % fail", background: 0.1 },
  { ...usual, name: "0.5 % fail", background: 0.5 },
  { ...usual, name: "1 % fail", background: 1 },
  { ...usual, name: "5 % fail", background: 5 },
  { ...usual, name: "0.1 %, clumps of 5", background: 0.1, clump: 5 },
  { ...usual, name: "1 %, clumps of 5", background: 1, clump: 5 },
  { ...usual, name: "0.5 %, clumps of 20", background: 0.5, clump: 20 },
  { ...usual, name: "0.1 %, bursts on both", background: 0.1, bursts: true },
  { ...usual, name: "0.1 %, 5 % slow, clumps of 5", background: 0.1, slow: 5, clump: 5 },
  { name: "0.5 %, 1 request/s", requests: 1, weight: 10, background: 0.5 },
  { name: "0.1 %, canary of 1 %", requests: 100, weight: 1, background: 0.1 },
  { name: "1 %, canary of 1 %, clumps of 5", requests: 100, weight: 1, background: 1, clump: 5 },
];

/** Percentage points of its requests that a release fails beside the background, and of its answers that are slow beside it. */
export interface Change {
  readonly failed: number;
  readonly slow: number;
}

export const good: Change = { failed: 0, slow: 0 };
export const worse: Readonly<Record<string, Change>> = {
  "a little": { failed: 0.5, slow: 0 },
  "a lot": { failed: 2, slow: 0 },
  slow: { failed: 0, slow: 20 },
};
