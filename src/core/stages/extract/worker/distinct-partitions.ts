import type { TypedColumn } from "../../../domain/types/column-type.ts";
import { partitionText } from "../../../polars/partition-text.ts";
import { column, pl, scanParquet } from "../../../polars/polars.ts";

/** A Parquet file and its columns that name partitions. */
export type PartitionsOfFile = {
  readonly path: string;
  readonly rows: number;
  readonly columns: readonly TypedColumn[];
};

/** Rows that are looked at together: memory is bounded by them and by the number of partitions. */
const ROWS_AT_ONCE = 1_000_000;

/** The values of each partition that the file has rows of, as texts, null for null. */
export function distinctPartitions({ path, rows, columns }: PartitionsOfFile): (string | null)[][] {
  const found = new Map<string, (string | null)[]>();
  const keys = columns.map((each, index) => column(each.name).alias(`k${index}`));
  const texts = columns.map((each, index) => partitionText(pl.col(`k${index}`), each).alias(`k${index}`));
  for (let offset = 0; offset < rows; offset += ROWS_AT_ONCE) {
    const distinct = scanParquet(path)
      .slice(offset, ROWS_AT_ONCE)
      .select(keys)
      .groupBy(columns.map((_, index) => `k${index}`))
      .agg(pl.lit(0).alias("nothing"))
      .select(texts)
      .collectSync();
    const values = columns.map((_, index) => distinct.getColumn(`k${index}`).toArray() as (string | null)[]);
    for (let row = 0; row < distinct.height; row += 1) {
      const partition = values.map((each) => each[row] ?? null);
      found.set(JSON.stringify(partition), partition);
    }
  }
  return [...found.values()];
}
