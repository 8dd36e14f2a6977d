import { check } from "../../../../rehearsal/provider/operations";
import { ROWS } from "../../../../rehearsal/provider/rows";
import type { Row } from "../../../../rehearsal/provider/row";
import type { Props } from "../../../../rehearsal/provider/shape";

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
