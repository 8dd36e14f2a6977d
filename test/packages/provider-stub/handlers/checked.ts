import { check } from "../../../../packages/provider-stub/operations.ts";
import { ROWS } from "../../../../packages/provider-stub/handlers/index.ts";
import type { Row } from "../../../../packages/provider-stub/row.ts";
import type { Props } from "../../../../packages/provider-stub/shape.ts";

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
