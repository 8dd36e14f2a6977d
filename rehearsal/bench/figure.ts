/** One row: what was measured, its value, and what it must not exceed. */
export interface Figure {
  name: string;
  value: string;
  limit?: string;
  ok: boolean;
}

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
