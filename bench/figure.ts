/** One row: what was measured, its value, and what it must not exceed. */
export interface Figure {
  name: string;
  value: string;
  limit?: string;
  ok: boolean;
}
