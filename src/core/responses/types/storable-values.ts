import type { ColumnType } from "../../domain/types/column-type.ts";
import type { DataFrame } from "../../polars/polars.ts";
import { column, pl } from "../../polars/polars.ts";
import { holdsMatch, replaceNested } from "../../polars/replace-nested.ts";

/** The column `value`, and its type, with null in the place of `{}`: Parquet has no struct without fields. */
export function storableValues(values: DataFrame, type: ColumnType): { values: DataFrame; type: ColumnType } {
  if (!holdsMatch(type, isEmptyStruct)) return { values, type };
  // Not the literal alone, which would be one row if the whole value is replaced.
  const nothing = { matches: isEmptyStruct, replace: nullInsteadOf };
  const stored = values
    .lazy()
    .select(replaceNested(column("value"), type, nothing).alias("value"))
    .collectSync();
  return { values: stored, type: withoutEmptyStructs(type) };
}

function nullInsteadOf(value: pl.Expr): pl.Expr {
  return pl.when(value.isNull()).then(pl.lit(null)).otherwise(pl.lit(null));
}

function isEmptyStruct(type: ColumnType): boolean {
  return typeof type !== "string" && "Struct" in type && type.Struct.length === 0;
}

function withoutEmptyStructs(type: ColumnType): ColumnType {
  if (isEmptyStruct(type)) return "Null";
  if (typeof type === "string") return type;
  if ("List" in type) return { List: withoutEmptyStructs(type.List) };
  if (!("Struct" in type)) return type;
  return { Struct: type.Struct.map(({ name, dtype }) => ({ name, dtype: withoutEmptyStructs(dtype) })) };
}
