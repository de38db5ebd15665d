import type { TypedColumn } from "../../../domain/types/column-type.ts";
import { column, pl, scanParquet } from "../../../polars/polars.ts";
import type { ListWidths } from "../tensor-plan.ts";
import { isList } from "../tensor-plan.ts";

/** How many values the first list that is not empty has in each of the table's list columns; a column without one is left out. */
export function listWidths({
  table,
  columns,
}: {
  readonly table: string;
  readonly columns: readonly TypedColumn[];
}): ListWidths {
  const widths: [string, number][] = [];
  for (const { name } of columns.filter(({ type }) => isList(type))) {
    const lengths = scanParquet(table)
      .select(column(name).lst.lengths().cast(pl.Int32).alias("width"))
      .filter(pl.col("width").gt(pl.lit(0)))
      .head(1)
      .collectSync()
      .getColumn("width");
    if (lengths.length > 0) widths.push([name, (lengths.toTypedArray() as Int32Array)[0] as number]);
  }
  return Object.fromEntries(widths);
}
