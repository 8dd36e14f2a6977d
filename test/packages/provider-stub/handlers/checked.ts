import { check } from "../../../../rehearsal/provider/operations.ts";
import { ROWS } from "../../../../rehearsal/provider/rows/index.ts";
import type { Row } from "../../../../rehearsal/provider/row.ts";
import type { Props } from "../../../../rehearsal/provider/shape.ts";

/** The row of a type. */
export function rowOf(type: string): Row {
  const row = ROWS.get(type);
  if (!row) throw new Error(`no row ${type}`);
  return row;
}

/** What the provider's check makes of these inputs. */
export function checked(type: string, inputs: Props, olds: Props = {}) {
  return check(rowOf(type), inputs, olds, "front", Buffer.from("seed"), "eu-central-1");
}
