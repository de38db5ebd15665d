import type { TypedColumn } from "../domain/types/column-type.ts";
import { assertPartitionType } from "../domain/types/partition-type.ts";
import type { Expr } from "./polars.ts";
import { pl } from "./polars.ts";

/**
 * The text by which a partition is named: `2001-01-01`, `2001-01-01 06:30:00`, `42`, `true`; null stays null. Types without a safe text are
 * rejected.
 */
export function partitionText(value: Expr, column: TypedColumn): Expr {
  assertPartitionType(column);
  const text = value.cast(pl.Utf8);
  // Polars writes every digit of the unit; a whole second is named as other engines name it.
  const isTime = typeof column.type === "object" && "Datetime" in column.type;
  return isTime ? text.str.replace("\\.0+(\\+|-|$)", "$1") : text;
}
