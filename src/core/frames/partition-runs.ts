import type { PartitionRun } from "../pipeline/stitched-shard.ts";
import type { TypedColumn } from "./column-type.ts";
import { partitionText } from "./partition-text.ts";
import type { DataFrame } from "./polars.ts";
import { column, pl } from "./polars.ts";

/** Sorts rows by the partition columns, stably: rows keep their order inside a partition. */
export function sortByPartition(rows: DataFrame, keys: readonly string[]): DataFrame {
  if (keys.length === 0) return rows;
  return rows
    .lazy()
    .sort({ by: keys.map((key) => column(key)), descending: keys.map(() => false), maintainOrder: true } as never)
    .collectSync();
}

/** The partitions of rows that are sorted by them, in their order; `columns` names and types the keys. */
export function partitionRuns(
  rows: DataFrame,
  keys: readonly string[],
  columns: readonly TypedColumn[],
): PartitionRun[] {
  if (rows.height === 0) return [];
  if (keys.length === 0) return [{ values: [], offset: 0, rows: rows.height }];
  const names = keys.map((_key, index) => `k${index}`);
  const counted = rows
    .lazy()
    .select(
      ...keys.map((key, index) =>
        partitionText(column(key), columns[index] as TypedColumn).alias(names[index] as string),
      ),
    )
    .groupBy(names, true)
    .agg(pl.len().cast(pl.Int32).alias("rows"))
    .collectSync();
  const values = names.map((name) => counted.getColumn(name).toArray() as (string | null)[]);
  const counts = counted.getColumn("rows").toTypedArray() as Int32Array;
  let offset = 0;
  return Array.from(counts, (count, index) => {
    const run = { values: values.map((each) => each[index] ?? null), offset, rows: count };
    offset += count;
    return run;
  });
}
